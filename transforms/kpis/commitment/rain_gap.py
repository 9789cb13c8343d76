"""The rain test: are promises kept on the days when it is hardest, or only in fair weather?

The share kept on rain days minus the share kept on ordinary days, compared within strata of team, ISO week,
priority and channel (Mantel-Haenszel), so that a season, a bad week or another mix of work cannot pose as rain. A
promise belongs to the business day on which it began and to the team that held it then. What rain is, stands in
`transforms/facts/load.py`; at every node of the tree a promise keeps the rain of its own team.

Variants: `main` (arrivals per usual head), `backlog` (arrivals and backlog per usual head) and `arrivals_company`
(rain is the company's: its arrivals alone; strata without team). Component `p_value` is the one-sided permutation p
of the days' labels within their team and week: how often chance alone gives a gap as low.

A number needs at least 8 rain days, 50 promises on each side and 5 agents, else flag `not_enough_rain`. The verdict
against a margin of 5 percentage points: `committed` when the whole interval lies above -0.05, `interested` when it lies
below, else `inconclusive`. Under 10 promises a day the verdict is left to the unit above (`verdict_one_level_up`).

Worked example: one team, one priority and channel, two weeks. Week 1: in rain 8 of 10 kept, else 18 of 20; week 2: in
rain 3 of 10, else 8 of 20. Weights are 10 * 20 / 30 = 6.67 each, gaps -0.10 and -0.10: the rain gap is -0.10.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.contracts.results import CELL_KEY, DEFAULT
from transforms.facts import Facts
from transforms.facts.load import LOAD_REACH_DAYS
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.stats.precision import repeatable
from transforms.stats.seeds import seed_of
from transforms.stats.stratified import weighted_gaps
from transforms.stats.stratified_bootstrap import studentised_interval
from transforms.stats.stratified_permutation import labellings, p_value_lower

MARGIN = 0.05
_MINIMUM_RAIN_DAYS, _MINIMUM_PROMISES, _MINIMUM_AGENTS, _PROMISES_A_DAY = 8, 50, 5, 10
_P_VALUE = "p_value"
_VARIANTS = {DEFAULT: "is_rain", "backlog": "is_backlog_rain", "arrivals_company": "is_company_rain"}
# `sky` is whose rain it is: the team, or the company.
_BLOCK = ("sky", "week")
_CELL = tuple(name for name in CELL_KEY if name != "component")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Gap with its interval and verdict (component main) and the permutation's p (component p_value)."""
    tested = rows.filter(pl.col("component") == DEFAULT)
    cells = tested.group_by(_CELL).agg(*_amounts()).sort(_CELL).collect()
    days = _by_day(tested).collect()
    estimates = dict[tuple[object, ...], tuple[float | None, ...]]()
    # Period by period: the labellings of all weeks are many times as many rows as the weeks themselves.
    for (start,), of_period in days.group_by("period_start"):
        keys = cells.filter(pl.col("period_start") == start).select(_CELL).iter_rows()
        estimates |= _estimated(of_period.lazy(), keys, facts.context.seed)
    listed = [estimates[key] for key in cells.select(_CELL).iter_rows()]
    numbers = pl.DataFrame(listed, schema=dict.fromkeys(("gap", "low", "high", "p"), pl.Float64), orient="row")
    return _judged(cells.hstack(numbers.select(repeatable(*numbers.columns)))).lazy()


def _estimated(
    days: pl.LazyFrame, keys: Iterable[tuple[object, ...]], seed: int
) -> dict[tuple[object, ...], tuple[float | None, ...]]:
    """`_test` of each of the cells `keys`, from their days."""
    weeks = weighted_gaps(days, [*_CELL, "week"], ["sky", "priority", "channel"], pl.col("is_labelled"))
    by_week = weeks.sort(*_CELL, "week").collect().partition_by(_CELL, as_dict=True)
    listed = labellings(days, [*_CELL, *_BLOCK], ["priority", "channel"])
    labelled, nothing = listed.partition_by(_CELL, as_dict=True), listed.clear()
    return {key: _test(by_week[key], labelled.get(key, nothing), seed, key) for key in keys}


def _by_day(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Promises of all agents together: cell, sky, week, day, priority, channel, is_labelled, successes, trials."""
    on = pl.col("on")
    return rows.group_by(*_CELL, "sky", on.dt.truncate("1w").alias("week"), on.alias("day"), "priority", "channel").agg(
        pl.col("is_labelled").first(),
        pl.col("numerator").sum().alias("successes"),
        pl.col("denominator").sum().alias("trials"),
    )


def _test(weeks: pl.DataFrame, listed: pl.DataFrame, seed: int, key: Sequence[object]) -> tuple[float | None, ...]:
    """Gap, interval and p of one cell; null what cannot be computed."""
    gaps, weights = weeks["gap"].to_numpy(), weeks["weight"].to_numpy()
    if not weights.sum() > 0:
        return None, None, None, None
    gap = float(gaps.sum() / weights.sum())
    low, high = studentised_interval(gaps, weights, seed_of(seed, "bootstrap", *key))
    drawn_gaps, drawn_weights, blocks = (listed[name].to_numpy() for name in ("gap", "weight", "block_row"))
    p = p_value_lower(drawn_gaps, drawn_weights, blocks, gap, seed_of(seed, "permutation", *key))
    return tuple(number if np.isfinite(number) else None for number in (gap, low, high, p))


def _amounts() -> list[pl.Expr]:
    rain, promises = pl.col("is_labelled"), pl.col("denominator")
    return [
        promises.sum().cast(pl.Float64).alias("denominator"),
        promises.sum().cast(pl.Int64).alias("n_events"),
        pl.col("on").filter(rain).n_unique().alias("rain_days"),
        pl.col("on").n_unique().alias("days"),
        promises.filter(rain).sum().alias("in_rain"),
        promises.filter(~rain).sum().alias("in_fair_weather"),
        pl.col("agent_key").drop_nulls().n_unique().alias("agents"),
    ]


def _judged(cells: pl.DataFrame) -> pl.DataFrame:
    """Both components of every cell with state, verdict and flags."""
    enough = (
        (pl.col("rain_days") >= _MINIMUM_RAIN_DAYS)
        & (pl.min_horizontal("in_rain", "in_fair_weather") >= _MINIMUM_PROMISES)
        & (pl.col("agents") >= _MINIMUM_AGENTS)
        & pl.col("gap").is_not_null()
        & pl.col("low").is_not_null()
    )
    too_thin = pl.col("denominator") < _PROMISES_A_DAY * pl.col("days")
    verdict = (
        pl.when(~enough | too_thin)
        .then(pl.lit(None, dtype=pl.String))
        .when(pl.col("low") > -MARGIN)
        .then(pl.lit("committed"))
        .when(pl.col("high") < -MARGIN)
        .then(pl.lit("interested"))
        .otherwise(pl.lit("inconclusive"))
    )
    flag = pl.when(~enough).then(pl.lit("not_enough_rain")).when(too_thin).then(pl.lit("verdict_one_level_up"))
    shared: list[str | pl.Expr] = [
        *_CELL,
        "denominator",
        "n_events",
        pl.when(~enough).then(pl.lit("not_enough_data")).alias("state"),
        flag.alias("flags"),
    ]
    gap = cells.select(
        *shared,
        pl.lit(DEFAULT).alias("component"),
        pl.when(enough).then("gap").alias("value"),
        pl.when(enough).then("low").alias("ci_low"),
        pl.when(enough).then("high").alias("ci_high"),
        pl.lit("week_block_bootstrap").alias("interval_method"),
        verdict.alias("verdict"),
    )
    p = cells.select(*shared, pl.lit(_P_VALUE).alias("component"), pl.when(enough).then("p").alias("value"))
    return pl.concat([gap, p], how="diagonal")


KPI = Kpi(
    id="rain_gap",
    version=2,
    title="Rain test: promises kept, hard minus ordinary days",
    sources=("tickets",),
    needs=("ticket", "promise"),
    formula=(
        "Mantel-Haenszel difference of the share of promises kept between rain days and ordinary days, "
        "within team, ISO week, priority and channel"
    ),
    unit="gap",
    direction="up",
    grains=("window_26w",),
    components=(DEFAULT, _P_VALUE),
    variants=tuple(_VARIANTS),
    unit_of_analysis="promise",
    person_based=False,
    people=("agents",),
    # A day's rain is known when its 10 following business days are, and most promises are due by then.
    maturity_days=21,
    bounds=(-1.0, 1.0),
    anchors=(-0.15, 0.0),
    weight=2.0,
    reach=ONE_TICKET | {"weather": LOAD_REACH_DAYS},
    sees_tickets_alone=True,
    pitfalls=(
        "A team that breaks as many promises in fair weather passes the test; read it beside promise_kept_rate.",
        "It rains on about a fifth of any team's days; whether they are truly hard depends on how much load varies.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """Promises begun, kept or not, by team, agent, day, priority and channel, for each variant and component."""
    judged = facts.promises.filter(pl.col("is_kept").is_not_null() & ~pl.col("is_cancelled")).select(
        pl.col("began_org_unit_id").fill_null(UNASSIGNED_UNIT).alias("org_unit_id"),
        pl.col("began_on").alias("on"),
        "agent_key",
        pl.col("priority", "channel").fill_null("unknown"),
        "is_kept",
    )
    begun = judged.join(facts.load, left_on=["org_unit_id", "on"], right_on=["org_unit_id", "day"])
    frames = [
        begun.filter(pl.col(rain).is_not_null())
        .group_by("org_unit_id", "on", "agent_key", "priority", "channel", pl.col(rain).alias("is_labelled"))
        .agg(
            pl.col("is_kept").sum().cast(pl.Float64).alias("numerator"), pl.len().cast(pl.Float64).alias("denominator")
        )
        .with_columns(
            pl.lit(variant).alias("variant"),
            (pl.lit("company") if variant == "arrivals_company" else pl.col("org_unit_id")).alias("sky"),
        )
        for variant, rain in _VARIANTS.items()
    ]
    observed = pl.concat(frames)
    return pl.concat([observed.with_columns(pl.lit(component).alias("component")) for component in KPI.components])
