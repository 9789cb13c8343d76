"""Signals: published numbers that lie outside the ordinary variation of their own series, or keep to one side of it.

* A series is one KPI, component, variant and unit in the shortest of the KPI's periods, published numbers only.
* Each number with at least 8 before it is judged against the up to 24 before it: outside of the natural limits
  (`beyond_limits`; Laney's chart where every point has published counts of at least 50, else XmR), and as the end of a
  run of points on one side of the median of all of them (`run_of_8`, from the eighth on).
* Minutes are judged on a logarithmic scale (of one minute more, so that 0 has one): waiting times are skewed.
* A number whose own interval holds the centre is no surprise, however narrow the limits: few tickets in a week of
  holidays, or a percentile of a count, jump by themselves. Of the two tests the weaker counts: p is at least 0.05.
* The p-value of a point allows for how few points the limits rest on (`transforms/stats/few_points.py`).
* All tests whose period ends on the same day are one family: Benjamini-Hochberg at 5 %. `noticed` is a discovery,
  `raised` one that repeats in the next published number on the same side.

It sees published rows only: whoever reads the mart can compute it. A night judges anew only the families in which
anything is judged by other numbers than before (`signal_families.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.contracts.results import CELL_KEY, PERIOD_GRAINS
from transforms.contracts.roll_up import FctKpiSignal
from transforms.contracts.state import KnownSignal
from transforms.kpis.registry import RegisteredKpi
from transforms.marts.signal_families import family_inputs
from transforms.stats.control_charts import individuals, laney
from transforms.stats.few_points import two_sided_tail
from transforms.stats.multiplicity import benjamini_hochberg
from transforms.stats.precision import repeatable
from transforms.stats.run_rules import RUN_POINTS, last_runs

FEWEST_POINTS = 8
MOST_POINTS = 24
LARGE_COUNT = 50
FALSE_DISCOVERY_RATE = 0.05
# Of the published 95 % intervals: what the p-value of a centre that one holds cannot be under.
INTERVAL_LEVEL = 0.05
# Numbers that qualify another one and change only with it.
_COMPANIONS = ("worst_case_low", "worst_case_high", "p_value")
_SERIES = [name for name in CELL_KEY if name != "period_start"]
# Points go by their number: grouped by the texts of their series they take ten times as long.
_JUDGED = ["judged"]
_IS_PAST = pl.col("point") < pl.col("judged")
_LEVELS = ("centre", "lower_limit", "upper_limit")
_NUMBERS = (*_LEVELS, "p_value", "q_value")


def fct_kpi_signal(rows: pl.DataFrame, registered: Sequence[RegisteredKpi]) -> pl.DataFrame:
    """Every judged number and rule (FctKpiSignal); `rows` is FctKpiValue after disclosure."""
    return signals_beside(rows, registered, KnownSignal.create_empty()).select(list(FctKpiSignal.columns()))


def signals_beside(rows: pl.DataFrame, registered: Sequence[RegisteredKpi], known: pl.DataFrame) -> pl.DataFrame:
    """The same as KnownSignal; families judged by the same numbers as in `known` (KnownSignal) are taken from there."""
    points = _published_series(rows, registered)
    if points.is_empty():
        return KnownSignal.create_empty()
    numbered = _numbered(points)
    families = family_inputs(numbered, FEWEST_POINTS, MOST_POINTS)
    same = known.join(families, on=["period_end", "inputs"], how="semi")
    others = families.join(same, on="period_end", how="anti")
    judged = _judged(numbered, others).join(others, on="period_end")
    found = KnownSignal.validate(judged.select(list(KnownSignal.columns())), cast=True)
    return KnownSignal.cast(pl.concat([found, same]).sort(KnownSignal.primary_key()))


def _judged(numbered: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """The signals of some `families` (period_end, before) as FctKpiSignal."""
    told = families["period_end"]
    # A number is raised by what the one before it came to, so that one's family is judged, too.
    needed = pl.concat([told, families["before"].explode().drop_nulls()]).unique()
    judged = _with_its_past(numbered, needed)
    tests = pl.concat([_beyond_limits(judged), _run(judged)], how="diagonal").join(numbered, on="judged")
    found = _with_status(benjamini_hochberg(tests.lazy(), family=["period_end"]).collect())
    # Shorter runs are tests that were made, so they count in the family; they are no rule, so they are not told.
    is_rule = (pl.col("rule") == "beyond_limits") | (pl.col("run_length") >= RUN_POINTS)
    return (
        found.filter(is_rule & pl.col("period_end").is_in(told.implode()))
        .with_columns(_of_minutes(name, pl.col(name).exp() - 1) for name in _LEVELS)
        .with_columns(_is_better().alias("is_better"), repeatable(*_NUMBERS))
        .select(pl.col(name).cast(column.dtype) for name, column in FctKpiSignal.columns().items())
    )


def _published_series(rows: pl.DataFrame, registered: Sequence[RegisteredKpi]) -> pl.DataFrame:
    """Published numbers in order of series and time, with the number of their series, its direction and whether Laney's
    chart suits all of it.
    """
    declared = pl.DataFrame(
        [
            (one.kpi.id, one.kpi.version, min(one.kpi.grains, key=PERIOD_GRAINS.index), one.kpi.direction, one.kpi.unit)
            for one in registered
        ],
        schema={
            "kpi_id": pl.String,
            "definition_version": pl.Int64,
            "period_grain": pl.String,
            "direction": pl.String,
            "unit": pl.String,
        },
        orient="row",
    )
    is_share = pl.col("value") * pl.col("denominator") - pl.col("numerator")
    is_large = (
        (pl.col("unit") == "share") & (pl.col("denominator") >= LARGE_COUNT) & (is_share.abs() < 0.5)
    ).fill_null(False)
    return (
        rows.filter(pl.col("value").is_not_null() & ~pl.col("component").is_in(_COMPANIONS))
        .join(declared, on=["kpi_id", "definition_version", "period_grain"])
        .sort(*_SERIES, "period_start")
        # By a number: windows over the texts of a series take several times as long.
        .with_columns(pl.struct(_SERIES).rle_id().alias("series"))
        .with_columns(is_large.all().over("series").alias("is_large"), pl.len().over("series").alias("n_series"))
        .filter(pl.col("n_series") > FEWEST_POINTS)
    )


def _numbered(points: pl.DataFrame) -> pl.DataFrame:
    """Points, in order of series and time, with their number (`judged`) and place in their series."""
    return points.with_row_index("judged").with_columns(pl.int_range(pl.len()).over("series").alias("position"))


def _with_its_past(numbered: pl.DataFrame, ends: pl.Series) -> pl.DataFrame:
    """Each point to be judged with itself and the up to 24 published ones before it (`point`), and their numbers.

    `ends` are the period ends of the points to be judged.
    """
    back = pl.DataFrame({"back": range(MOST_POINTS + 1)}, schema={"back": pl.UInt32})
    reached = (
        numbered.filter((pl.col("position") >= FEWEST_POINTS) & pl.col("period_end").is_in(ends.implode()))
        .select("judged", "position")
        .join(back, how="cross")
        .filter(pl.col("back") <= pl.col("position"))
        .select("judged", (pl.col("judged") - pl.col("back")).alias("point"))
        .sort("judged", "point")
    )
    in_logarithms = (_of_minutes(name, pl.col(name).clip(0).log1p()) for name in ("value", "ci_low", "ci_high"))
    numbers = numbered.select(*in_logarithms, "numerator", "denominator", "is_large")
    return reached.hstack(numbers[reached["point"]])


def _of_minutes(name: str, expression: pl.Expr) -> pl.Expr:
    """Column `name`, where the KPI is in minutes `expression` instead."""
    return pl.when(pl.col("unit") == "minutes").then(expression).otherwise(name).alias(name)


def _beyond_limits(judged: pl.DataFrame) -> pl.DataFrame:
    """The judged point on the chart of its past; a past that never varied judges nothing."""
    large = pl.col("is_large")
    charts = [
        laney(judged.lazy().filter(large), _JUDGED, "point", baseline=_IS_PAST).with_columns(
            pl.lit("laney_p").alias("chart")
        ),
        individuals(judged.lazy().filter(~large), _JUDGED, "point", baseline=_IS_PAST).with_columns(
            pl.lit("xmr").alias("chart")
        ),
    ]
    past = judged.group_by(_JUDGED).agg(_IS_PAST.sum().cast(pl.Int64).alias("n_points"))
    placed = pl.concat(charts, how="diagonal").filter(pl.col("standardised").is_not_null(), ~_IS_PAST).collect()
    return placed.join(past, on=_JUDGED).select(
        *_JUDGED,
        "chart",
        "centre",
        "lower_limit",
        "upper_limit",
        "n_points",
        pl.lit("beyond_limits").alias("rule"),
        pl.max_horizontal(
            two_sided_tail(pl.col("standardised"), pl.col("n_points")),
            pl.when(_interval_holds(pl.col("centre"))).then(INTERVAL_LEVEL),
        ).alias("p_value"),
        (pl.col("standardised") > 0).alias("is_above"),
        pl.lit(None, dtype=pl.Int64).alias("run_length"),
    )


def _interval_holds(centre: pl.Expr) -> pl.Expr:
    """Whether the number's interval holds the centre; one without an end on a side is open there."""
    low, high = pl.col("ci_low"), pl.col("ci_high")
    holds = (low.is_null() | (low <= centre)) & (high.is_null() | (centre <= high))
    return holds & (low.is_not_null() | high.is_not_null())


def _run(judged: pl.DataFrame) -> pl.DataFrame:
    """The run the judged point ends, of whatever length, about the median of all its points.

    Half of the points of any series lie on either side of its median, which is what the binomial p-value says; of a
    skewed one most lie under the mean. The median includes the run: about the level of 8 earlier points alone, 8 in
    line come up in 3 % of steady series instead of 0.8 %.
    """
    levels = judged.group_by(_JUDGED).agg(
        pl.col("value").median().alias("centre"), pl.len().cast(pl.Int64).alias("n_points")
    )
    centred = judged.join(levels, on=_JUDGED, maintain_order="left")
    return (
        last_runs(centred.lazy(), _JUDGED, "point")
        .filter(pl.col("run_length") > 0)
        .join(levels.lazy(), on=_JUDGED)
        .select(
            *_JUDGED,
            "centre",
            "n_points",
            "run_length",
            pl.lit("run_of_8").alias("rule"),
            pl.lit("xmr").alias("chart"),
            pl.col("run_p_value").alias("p_value"),
            (pl.col("side") > 0).alias("is_above"),
        )
        .collect()
    )


def _with_status(tests: pl.DataFrame) -> pl.DataFrame:
    """Quiet, noticed or raised: noticed again at the next published number of the series, on the same side."""
    is_found = pl.col("q_value") <= FALSE_DISCOVERY_RATE
    series = ["series", "rule"]
    before = pl.struct("is_found", "is_above", "position").shift().over(series, order_by="period_start")
    repeats = (
        before.struct.field("is_found")
        & (before.struct.field("is_above") == pl.col("is_above"))
        & (before.struct.field("position") == pl.col("position") - 1)
    ).fill_null(False)
    return tests.with_columns(is_found.alias("is_found")).with_columns(
        pl.when(pl.col("is_found") & repeats)
        .then(pl.lit("raised"))
        .when("is_found")
        .then(pl.lit("noticed"))
        .otherwise(pl.lit("quiet"))
        .alias("status")
    )


def _is_better() -> pl.Expr:
    nearer = pl.col("value").abs() < pl.col("centre").abs()
    return (
        pl.when(pl.col("value") == pl.col("centre"))
        .then(None)
        .when(pl.col("direction") == "up")
        .then("is_above")
        .when(pl.col("direction") == "down")
        .then(~pl.col("is_above"))
        .otherwise(nearer)
    )
