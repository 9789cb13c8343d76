"""Planted effects on surveys, counted in what was drawn, apart from the pipeline."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from flows.demo.company import DEMO
from flows.demo.shares import Share, of_department, share


def line_of_sight(answers: pl.DataFrame, departments: Iterable[str]) -> dict[str, Share]:
    """Respondents with a mean of 4 or more over the two items, per quarter, in the teams of the departments."""
    chosen = [department for department in DEMO.departments if department.id in tuple(departments)]
    return _sight(pl.concat(of_department(answers, "unit", department) for department in chosen))


def mailroom_gap(answers: pl.DataFrame, memberships: pl.DataFrame) -> dict[str, float]:
    """Line of sight in the front office minus that in the back office, per quarter.

    The office is the one a person worked in on the day of the answer (some had moved since they were asked), or that
    of the unit asked about where the person had left.
    """
    stays = memberships.select(pl.col("person").alias("employee"), "valid_from", "valid_to", "office")
    on = pl.col("submitted").dt.date()
    numbered = answers.with_row_index("row")
    placed = numbered.join(stays, on="employee").filter(
        on >= pl.col("valid_from"), pl.col("valid_to").is_null() | (on <= pl.col("valid_to"))
    )
    left = numbered.join(placed, on="row", how="anti")

    def sight(office: str) -> dict[str, Share]:
        theirs = [department for department in DEMO.departments if department.office == office]
        gone = [of_department(left, "unit", department) for department in theirs]
        return _sight(pl.concat([placed.filter(pl.col("office") == office).select(left.columns), *gone]))

    front, back = sight("front"), sight("back")
    return {quarter: round(front[quarter]["value"] - back[quarter]["value"], 6) for quarter in front}


def _sight(answers: pl.DataFrame) -> dict[str, Share]:
    return _favourable_by_quarter(
        answers.with_columns(_quarter()), pl.mean_horizontal("why_my_job_matters", "difference_i_make") >= 4
    )


def favourable(answers: pl.DataFrame, item: str) -> dict[str, float]:
    """Share of answers of 4 or 5, per quarter; someone who answers about two tickets counts once, by their share."""
    return _mean_per_person(answers, item, pl.col(item) >= 4)


def net_promoters(answers: pl.DataFrame, item: str) -> dict[str, float]:
    """Share of 9 and 10 minus share of 0 to 6, per quarter, each person counting once."""
    return _mean_per_person(answers, item, (pl.col(item) >= 9).cast(pl.Int64) - (pl.col(item) <= 6).cast(pl.Int64))


def response_rates(frames: dict[str, pl.DataFrame]) -> dict[str, Share]:
    """Filled-in questionnaires of delivered invitations, over all the time."""
    pairs = {"employee-survey": "employee-invitations", "customer-survey": "customer-invitations"}
    return {name: share(frames[name].height, int(frames[asked]["delivered"].sum())) for name, asked in pairs.items()}


def _favourable_by_quarter(answers: pl.DataFrame, is_favourable: pl.Expr) -> dict[str, Share]:
    counts = answers.group_by("quarter").agg(is_favourable.sum().alias("hits"), pl.len().alias("n")).sort("quarter")
    return {row["quarter"].isoformat(): share(row["hits"], row["n"]) for row in counts.iter_rows(named=True)}


def _mean_per_person(answers: pl.DataFrame, item: str, score: pl.Expr) -> dict[str, float]:
    person = "customer" if "customer" in answers.columns else "employee"
    people = answers.filter(pl.col(item).is_not_null()).group_by(person, _quarter()).agg(score.mean().alias("score"))
    means = people.sort("quarter", person).group_by("quarter", maintain_order=True).agg(pl.col("score").mean().round(6))
    return {row["quarter"].isoformat(): row["score"] for row in means.iter_rows(named=True)}


def _quarter() -> pl.Expr:
    return pl.col("submitted").dt.date().dt.truncate("1q").alias("quarter")
