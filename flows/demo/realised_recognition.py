"""Planted effects on recognition, counted in what was drawn, apart from the pipeline."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.demo.company import FIRST_ON
from flows.demo.design import Department
from flows.demo.organisation import Organisation
from flows.demo.shares import Share, of_department, share
from transforms.periods import period_end, period_start


def expected_silo_excess(company: Organisation, department: Department) -> float:
    """2 * (planned internal share - share random mixing would keep inside), with the team sizes of the first day."""
    teams = np.flatnonzero(company.design.department_of == company.design.departments.index(department))
    sizes = company.size[teams, 0]
    inside = (sizes * (sizes - 1)).sum() / sizes.sum() / (company.size[:, 0].sum() - 1)
    return round(2 * (department.internal_share - float(inside)), 4)


def silo_excess(rows: pl.DataFrame, company: Organisation, department: Department) -> float:
    """The same with the counted internal share of what the department's people give."""
    given = of_department(rows.filter(pl.col("giver") != pl.col("receiver")), "giver_team", department)
    inside = (given["giver_team"] == given["receiver_team"]).mean()
    planned = expected_silo_excess(company, department) / 2 - department.internal_share
    return round(2 * (float(inside or 0.0) + planned), 4)  # type: ignore[arg-type]


def manager_reach(rows: pl.DataFrame, memberships: pl.DataFrame, department: Department) -> dict[str, Share]:
    """Reports recognised by their own manager, of those who stayed for the whole window of 13 weeks."""
    stays = of_department(memberships.filter(pl.col("manager").is_not_null()), "team", department)
    windows = (
        rows.select(period_start(pl.col("given_at").dt.date(), "window_13w").alias("window"))
        .unique()
        .with_columns(period_end(pl.col("window"), "window_13w").alias("window_end"))
        .filter((pl.col("window") >= FIRST_ON) & (pl.col("window_end") <= rows["given_at"].dt.date().max()))
    )
    acts = rows.select(
        pl.col("giver").alias("manager"),
        pl.col("receiver").alias("person"),
        period_start(pl.col("given_at").dt.date(), "window_13w").alias("window"),
        pl.lit(True).alias("is_reached"),
    ).unique()
    reached = (
        stays.join(windows, how="cross")
        .filter(
            pl.col("valid_from") <= pl.col("window"),
            pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("window_end")),
        )
        .join(acts, on=["manager", "person", "window"], how="left")
        .group_by("window")
        .agg(pl.col("is_reached").count().alias("hits"), pl.len().alias("n"))
        .sort("window")
    )
    return {row["window"].isoformat(): share(row["hits"], row["n"]) for row in reached.iter_rows(named=True)}


def acts_by_week(rows: pl.DataFrame, tag: str) -> dict[str, int]:
    """Recognitions with the tag per ISO week."""
    weeks = rows.filter(pl.col("tags").str.split(",").list.contains(tag)).group_by(
        pl.col("given_at").dt.date().dt.truncate("1w").alias("week")
    )
    return {row["week"].isoformat(): row["len"] for row in weeks.len().sort("week").iter_rows(named=True)}
