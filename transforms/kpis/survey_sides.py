"""Observations of KPIs that set what employees say beside what customers say, or beside what tickets show.

`is_first` marks the employees' side. Employees are `member_key`; those on the other side, customers or the agents
behind the tickets, are `respondent_key`: each side has to reach the minimum group by itself.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import DEFAULT
from transforms.facts import Facts
from transforms.kpis.survey_scores import observations
from transforms.periods import period_start

_GRAIN = "quarter"


def employees_say(facts: Facts, constructs: tuple[str, ...], component: str = DEFAULT) -> pl.LazyFrame:
    """Rows of the employees' side: see `survey_scores.observations`."""
    rows = observations(facts, "employee", constructs, (component,), needs_people=True)
    return rows.with_columns(
        pl.lit(True).alias("is_first"),
        pl.col("respondent_key").alias("member_key"),
        pl.lit(None, dtype=pl.String).alias("respondent_key"),
    )


def customers_say(facts: Facts, constructs: tuple[str, ...], component: str = DEFAULT) -> pl.LazyFrame:
    """Rows of the customers' side: see `survey_scores.observations`."""
    rows = observations(facts, "customer", constructs, (component,), needs_people=True)
    return rows.with_columns(pl.lit(False).alias("is_first"))


def tickets_show(shares: pl.LazyFrame, component: str = DEFAULT) -> pl.LazyFrame:
    """Rows of a ticket KPI (org_unit_id, on, agent_key, numerator, denominator) summed by unit, quarter and agent."""
    start = period_start(pl.col("on"), _GRAIN)
    return (
        shares.filter(pl.col("denominator") > 0)
        .group_by("org_unit_id", start.alias("on"), pl.col("agent_key").alias("respondent_key"))
        .agg(pl.col("numerator", "denominator").sum().round(9))
        .with_columns(
            pl.lit(component).alias("component"),
            pl.lit(False).alias("is_first"),
            pl.lit(False).alias("is_unpaired"),
            pl.lit(None, dtype=pl.String).alias("unit_key"),
            pl.col("denominator").cast(pl.Int64).alias("n_answers"),
            pl.lit(0, dtype=pl.Int64).alias("n_asked"),
            pl.lit(0, dtype=pl.Int64).alias("n_answered"),
        )
    )
