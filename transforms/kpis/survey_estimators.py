"""Estimators of survey KPIs: share of favourable respondents, mean, net score and the gap between offices.

Each takes the rows of `transforms/kpis/survey_scores.py` with a cell key, averages the occasions of each unit of
analysis in the cell, and puts the response rate beside the number.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.disclosure.numbers import would_be_bounded
from transforms.facts import Facts
from transforms.kpis import estimators
from transforms.kpis.company import is_company
from transforms.kpis.shrunk import with_shrunk_values
from transforms.kpis.survey_scores import WORST_CASE
from transforms.stats import means, proportions

LOW_RESPONSE_RATE = 0.6
LOW_ALPHA = 0.7
LOW_ICC2 = 0.5
_LOW, _HIGH = WORST_CASE
_IS_BOUND = pl.col("component").is_in(WORST_CASE)
_DOUBTS = ("alpha", "icc2")


def favourable(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share of favourable units, Wilson's interval; components of the worst case without one.

    `worst_case_low` counts every invited person who did not answer as unfavourable, `worst_case_high` as
    favourable (Manski 1989). State source_missing with a flag where answers cannot be paired for want of a
    respondent id, or where the worst case has no invitations to stand on.
    """
    units = _units(rows)
    cells = units.group_by(CELL_KEY).agg(
        _worst_case("is_favourable", low=0.0, high=1.0).sum().alias("numerator"),
        _counted().alias("denominator"),
        pl.col("unit_key").filter(_HAS_ANSWERED).count().alias("n_people"),
    )
    low, high = proportions.wilson(pl.col("numerator"), pl.col("denominator"))
    estimated = cells.with_columns(
        pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator")).alias("value"),
        pl.when(~_IS_BOUND).then(low).alias("ci_low"),
        pl.when(~_IS_BOUND).then(high).alias("ci_high"),
        _method("wilson"),
    )
    shrunk = with_shrunk_values(estimated, facts).with_columns(
        pl.when(~_IS_BOUND).then("shrunk_value").alias("shrunk_value")
    )
    return with_response_rate(shrunk, rows, facts)


def mean(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Mean over units of their mean answer in points, interval over units. The denominator is the number of units."""
    units = _units(rows).filter(_HAS_ANSWERED)
    cells = means.clustered_ratio(units, CELL_KEY, pl.col("points"), pl.lit(1.0)).select(
        *CELL_KEY,
        "value",
        "ci_low",
        "ci_high",
        "denominator",
        pl.lit("cluster_robust").alias("interval_method"),
    )
    return with_response_rate(cells, rows, facts)


def net_score(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share of promoters minus share of detractors among units, adjusted Wald, not under 30 units.

    The worst case counts who did not answer as detractors, or as promoters, and has no interval. The numerator is
    the net count.
    """
    cells = (
        _units(rows)
        .group_by(CELL_KEY)
        .agg(
            _worst_case("is_favourable", low=0.0, high=1.0).sum().alias("promoters"),
            _worst_case("is_detracting", low=1.0, high=0.0).sum().alias("detractors"),
            _counted().alias("denominator"),
            _HAS_ANSWERED.sum().alias("answered"),
        )
    )
    promoters, detractors, n = pl.col("promoters"), pl.col("detractors"), pl.col("denominator")
    low, high = proportions.adjusted_wald_net_score(promoters, detractors, n)
    # The bounds of the worst case are as silent as the score they enclose.
    too_few = pl.col("answered") < estimators.NET_SCORE_MINIMUM
    estimated = cells.select(
        *CELL_KEY,
        pl.when(n > 0).then((promoters - detractors) / n).alias("value"),
        pl.when(~_IS_BOUND).then(low).alias("ci_low"),
        pl.when(~_IS_BOUND).then(high).alias("ci_high"),
        _method("adjusted_wald"),
        (promoters - detractors).alias("numerator"),
        "denominator",
        pl.when(too_few).then(pl.lit("not_enough_data")).alias("state"),
        pl.when(too_few).then(pl.lit("fewer_than_30_answers")).alias("flags"),
    )
    return with_response_rate(estimated, rows, facts)


def office_gap(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share among front office minus share among back office units, Newcombe's interval.

    Both offices need the minimum group, else the state is not_enough_data with flag `office_too_small`
    (`office_unknown` where no unit has one), and so does an office that is nearly unanimous
    (`office_nearly_unanimous`): with the other one known, the gap would say how everybody in it answered. The coverage
    is the share of units whose office is known. A unit seen in both offices counts as front office.
    """
    units = (
        _units(rows, pl.col("office").max())
        .filter(_HAS_ANSWERED)
        .with_columns(
            pl.col("is_favourable").alias("numerator"),
            (pl.col("office") == "front").alias("is_first"),
            pl.lit(1.0).alias("denominator"),
        )
    )
    is_front = pl.col("is_first")
    sides = units.group_by(CELL_KEY).agg(
        is_front.is_not_null().mean().alias("coverage"),
        pl.min_horizontal(is_front.sum(), (~is_front).sum()).cast(pl.Int64).alias("smaller_side"),
        is_front.count().cast(pl.Int64).alias("n_known"),
        pl.any_horizontal(
            would_be_bounded(pl.col("numerator").filter(side).mean(), side.sum()) for side in (is_front, ~is_front)
        ).alias("is_unanimous"),
    )
    too_small = pl.col("smaller_side") < facts.context.minimum_group
    gaps = estimators.difference(units, facts).drop("n_events")
    cells = sides.join(gaps, on=CELL_KEY, how="left").with_columns(
        pl.when(too_small | pl.col("is_unanimous")).then(pl.lit("not_enough_data")).alias("state"),
        pl.when(pl.col("n_known") == 0)
        .then(pl.lit("office_unknown"))
        .when(too_small)
        .then(pl.lit("office_too_small"))
        .when("is_unanimous")
        .then(pl.lit("office_nearly_unanimous"))
        .alias("flags"),
    )
    return with_response_rate(cells.drop("smaller_side", "n_known", "is_unanimous"), rows, facts)


_HAS_ANSWERED = pl.col("is_favourable").is_not_null()


def _units(rows: pl.LazyFrame, *more: pl.Expr) -> pl.LazyFrame:
    """One row per unit of analysis in a cell: the means over its occasions, null where it did not answer."""
    return rows.group_by(*CELL_KEY, "unit_key").agg(
        pl.col("is_favourable", "is_detracting").mean(), pl.col("value").mean().alias("points"), *more
    )


def _worst_case(name: str, *, low: float, high: float) -> pl.Expr:
    """Column `name`, in the components of the worst case filled in for units that did not answer."""
    return (
        pl.when(pl.col("component") == _LOW)
        .then(pl.col(name).fill_null(low))
        .when(pl.col("component") == _HIGH)
        .then(pl.col(name).fill_null(high))
        .otherwise(name)
    )


def _counted() -> pl.Expr:
    """Units in the denominator: those who answered, in the worst case everyone."""
    return _worst_case("is_favourable", low=0.0, high=1.0).count().cast(pl.Float64)


def _method(name: str) -> pl.Expr:
    bound = pl.when(_IS_BOUND).then(pl.lit("worst_case_bound"))
    return bound.otherwise(pl.lit(name)).alias("interval_method")


def with_response_rate(cells: pl.LazyFrame, rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """`cells` with response_rate, n_events (answers), and state and flags completed by what is missing or doubtful.

    Where `rows` have two sides (`is_first`) the response rate is that of the side that answered less. An index of
    several items whose alpha over the whole organisation lies under 0.7 is not told (`low_alpha`); below the company
    `low_icc2` says that the wave's means hardly tell its teams apart.
    """
    present = cells.collect_schema().names()
    blank = [pl.lit(None, dtype=pl.String).alias(name) for name in ("state", "flags") if name not in present]
    is_empty = pl.col("n_events") == 0
    cannot_pair, not_asked = is_empty & pl.col("is_unpaired"), _IS_BOUND & (pl.col("asked") == 0)
    missing = cannot_pair | not_asked
    is_doubtful = (~is_empty & ~missing & (pl.col("alpha") < LOW_ALPHA)).fill_null(False)
    is_told = ~is_empty & ~missing & ~is_doubtful & pl.col("state").is_null()
    warnings = [
        pl.col("flags"),
        pl.when(is_told & (pl.col("response_rate") < LOW_RESPONSE_RATE)).then(pl.lit("low_response_rate")),
        pl.when(is_told & ~_IS_BOUND & ~is_company(facts) & (pl.col("icc2") < LOW_ICC2)).then(pl.lit("low_icc2")),
        pl.when(is_doubtful).then(pl.lit("low_alpha")),
        pl.when(cannot_pair).then(pl.lit("missing:respondent")),
        pl.when(not_asked & ~cannot_pair).then(pl.lit("missing:invitation")),
    ]
    flags = pl.concat_str(warnings, separator=",", ignore_nulls=True)
    return (
        _beside(rows)
        .join(cells.with_columns(blank), on=CELL_KEY, how="left")
        .with_columns(
            # Beside a number only: a rate of its own would tell on groups too small for a number.
            pl.when(is_told & (pl.col("asked") > 0)).then("response_rate").alias("response_rate"),
            pl.when(missing)
            .then(pl.lit("source_missing"))
            .when(is_empty | is_doubtful)
            .then(pl.lit("not_enough_data"))
            .otherwise("state")
            .alias("state"),
            pl.when(flags != "").then(flags).alias("flags"),
            pl.when(~missing).then("value").alias("value"),
        )
        .drop("asked", "is_unpaired", "alpha", "icc2")
    )


def _beside(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Per cell: response_rate, asked, n_events, is_unpaired, and the lowest alpha and icc2 of what it is made of."""
    names = rows.collect_schema().names()
    sides = [name for name in ("is_first",) if name in names]
    doubts = [pl.col(name).min() if name in names else pl.lit(None, dtype=pl.Float64).alias(name) for name in _DOUBTS]
    return (
        rows.group_by(*CELL_KEY, *sides)
        .agg(
            (pl.col("n_answered").sum() / pl.col("n_asked").sum()).alias("response_rate"),
            pl.col("n_asked").sum().alias("asked"),
            pl.col("n_answers").sum().alias("n_events"),
            pl.col("is_unpaired").any(ignore_nulls=True).alias("is_unpaired"),
            *doubts,
        )
        .group_by(CELL_KEY)
        .agg(
            # Nobody asked on one side leaves 0 / 0 there.
            pl.col("response_rate").fill_nan(None).min(),
            pl.col("asked", "n_events").sum(),
            pl.col("is_unpaired").any(),
            pl.col(_DOUBTS).min(),
        )
    )
