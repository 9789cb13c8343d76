"""How many hoops a customer is sent through before a ticket is solved.

Hoops of a ticket: teams that held it after the first, agents that held it after the first, and questions back to the
customer after the first one. Components `mean` and `p90` over the tickets solved in the period, for the team that
held them last. Deleted tickets and those without events are left out; the latter lower the coverage.

Both are standardised by category, so that a team with intricate work is not blamed for it: the statistic times
(mean hoops in the company / mean hoops the company needs for this unit's categories), all in the same period. The
company's own mean is thereby its plain mean.

Worked example: two categories, in the company 1.0 hoop a ticket overall and 2.0 for `access`. A team whose tickets
are all `access` and take 1.5 on average has 1.5 * 1.0 / 2.0 = 0.75: fewer hoops than the company gives such tickets.
"""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis.company import is_company
from transforms.kpis.declaration import Kpi
from transforms.stats import means, survival
from transforms.texts import filled

_MEAN, _P90 = "mean", "p90"
_PERIOD = ("component", "variant", "period_grain", "period_start")
_METHODS = {_MEAN: "cluster_robust", _P90: "brookmeyer_crowley"}
_NUMBERS = ("value", "ci_low", "ci_high")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Mean (clusters: team-days) and 90th percentile of hoops, each standardised by category."""
    told = rows.filter(pl.col("value").is_not_null())
    company = told.filter(is_company(facts))
    usual = company.group_by(*_PERIOD, "category").agg(pl.col("value").mean().alias("usual"))
    overall = company.group_by(_PERIOD).agg(pl.col("value").mean().alias("overall"))
    # Category by category and in order, so that the last digit is the same in every run.
    expected = (
        told.group_by(*CELL_KEY, "category")
        .agg(pl.len().alias("n"))
        .join(usual, on=[*_PERIOD, "category"], nulls_equal=True)
        .sort(*CELL_KEY, "category")
    )
    hoopless = pl.col("usually") == 0  # no ticket of these categories needed any, this unit's neither
    factors = (
        expected.group_by(CELL_KEY, maintain_order=True)
        .agg(((pl.col("usual") * pl.col("n")).sum() / pl.col("n").sum()).alias("usually"))
        .join(overall, on=_PERIOD)
        .select(*CELL_KEY, pl.when(hoopless).then(1.0).otherwise(pl.col("overall") / pl.col("usually")).alias("factor"))
    )
    counts = rows.group_by(CELL_KEY).agg(
        pl.col("value").is_not_null().mean().alias("coverage"),
        pl.col("value").count().cast(pl.Float64).alias("denominator"),
        pl.col("value").count().cast(pl.Int64).alias("n_events"),
    )
    statistics = pl.concat([_means(told), _percentiles(told)])
    return (
        counts.join(statistics, on=CELL_KEY, how="left")
        .join(factors, on=CELL_KEY, how="left")
        .with_columns(
            pl.col(_NUMBERS) * pl.col("factor"),
            pl.col("component").replace_strict(_METHODS, default=None).alias("interval_method"),
        )
        .drop("factor")
    )


def _means(told: pl.LazyFrame) -> pl.LazyFrame:
    rows = told.filter(pl.col("component") == _MEAN)
    means_of_cells = means.clustered_ratio(rows, CELL_KEY, pl.col("value"), pl.lit(1.0), pl.col("cluster_key"))
    return means_of_cells.select(*CELL_KEY, "value", pl.col("ci_low").clip(0.0), "ci_high")


def _percentiles(told: pl.LazyFrame) -> pl.LazyFrame:
    rows = told.filter(pl.col("component") == _P90).with_columns(pl.lit(True).alias("is_observed"))
    curves = survival.curve(rows, CELL_KEY, "value", "is_observed")
    return survival.quantiles(curves, CELL_KEY, 0.9).select(*CELL_KEY, *_NUMBERS)


KPI = Kpi(
    id="hoop_index",
    version=1,
    title="Hoops a customer goes through",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="(teams - 1) + (agents - 1) + questions back after the first, per solved ticket, standardised by category",
    unit="stations",
    direction="down",
    grains=("month", "quarter"),
    components=tuple(_METHODS),
    unit_of_analysis="solved ticket",
    person_based=False,
    people=("agents",),
    sees_tickets_alone=True,
    bounds=(0.0, 100.0),
    anchors=(4.0, 0.0),
    pitfalls=(
        "Handing over with care is better than keeping what one cannot solve; the number counts both alike.",
        "Where one team has a category to itself, that team's own hoops are the standard.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per solved ticket and component: hoops, null without events; clusters are team-days."""

    def after_first(count: str) -> pl.Expr:
        return (pl.col(count).fill_null(0) - 1).clip(0)

    hoops = after_first("group_stations") + after_first("assignee_stations") + after_first("reask_cycles")
    solved = (
        facts.tickets.filter(pl.col("is_solved") & ~pl.col("is_deleted"))
        .select(
            "org_unit_id",
            pl.col("done_on").alias("on"),
            pl.when("has_events").then(hoops.cast(pl.Float64)).alias("value"),
            "category",
            "agent_key",
            filled("{} {}", pl.col("org_unit_id").fill_null("unassigned"), "done_on").alias("cluster_key"),
        )
        .with_columns(cs.string().cast(pl.Categorical))
    )
    return pl.concat([solved.with_columns(pl.lit(component).alias("component")) for component in _METHODS])
