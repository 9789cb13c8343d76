"""Estimators: observations that carry a cell key -> one row per cell, for all cells of a KPI at once.

Each takes `(rows, facts)`, texts in `rows` being categoricals, and returns the cell key with any of value, ci_low,
ci_high, interval_method, numerator, denominator, n_events, coverage, shrunk_value, state and flags; what one does not
say is filled in by `compute`.
Optional in every observation: `is_covered` (Boolean, null where it does not apply), whose share is the coverage of the
cell; a row that serves the coverage alone has numerator and denominator 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.kpis.cell_numbers import CELL, numbered
from transforms.kpis.declaration import Estimator
from transforms.kpis.shrunk import people_behind, with_shrunk_values
from transforms.stats import means, proportions, survival

if TYPE_CHECKING:
    from transforms.facts import Facts

NET_SCORE_MINIMUM = 30
_COUNTED = pl.col("denominator") > 0


def proportion(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Sum of `numerator` over sum of `denominator` (units of 0 or 1) with Wilson's interval and a shrunk value."""
    cells = rows.group_by(CELL_KEY).agg(
        pl.col("numerator").sum().cast(pl.Float64),
        pl.col("denominator").sum().cast(pl.Float64),
        _COUNTED.sum().cast(pl.Int64).alias("n_events"),
        people_behind(rows),
        *_coverage(rows),
    )
    low, high = proportions.wilson(pl.col("numerator"), pl.col("denominator"))
    estimated = cells.with_columns(
        pl.when(_COUNTED).then(pl.col("numerator") / pl.col("denominator")).alias("value"),
        low.alias("ci_low"),
        high.alias("ci_high"),
        pl.lit("wilson").alias("interval_method"),
    )
    return with_shrunk_values(estimated, facts)


def proportion_of_units(key: str) -> Estimator:
    """`proportion` over distinct values of column `key` (a person): one that succeeds once in a cell has succeeded."""

    def estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
        people = [name for name in rows.collect_schema().names() if name.endswith("_key") and name != key]
        units = rows.group_by(*CELL_KEY, key).agg(
            pl.col("numerator").max(), pl.col("denominator").max(), *(pl.col(name).first() for name in people)
        )
        return proportion(units, facts)

    return estimate


def ratio(scale: float = 1.0) -> Estimator:
    """`scale` * sum of `numerator` / sum of `denominator`, cluster-robust by `cluster_key` where there is one."""

    def estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
        cluster = pl.col("cluster_key") if "cluster_key" in rows.collect_schema().names() else None
        cells = means.clustered_ratio(rows, CELL_KEY, pl.col("numerator"), pl.col("denominator"), cluster)
        return (
            cells.drop("n_clusters")
            .with_columns(pl.col("value", "ci_low", "ci_high") * scale)
            .with_columns(pl.lit("cluster_robust").alias("interval_method"))
        )

    return estimate


def mean(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Mean of `value` over rows that have one, cluster-robust by `cluster_key` where there is one.

    The denominator is the number of units of analysis; the numerator of a mean is null.
    """
    observed = rows.filter(pl.col("value").is_not_null())
    with_units = observed.with_columns(pl.col("value").alias("numerator"), pl.lit(1.0).alias("denominator"))
    return ratio()(with_units, facts).with_columns(pl.lit(None, dtype=pl.Float64).alias("numerator"))


def difference(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share where `is_first` minus share where not, from `numerator` and `denominator`, with Newcombe's interval.

    Null unless both sides have a unit. Rows with a null `is_first` are left out. The denominator counts both sides.
    """
    first = pl.col("is_first")
    sides = (
        rows.filter(first.is_not_null())
        .group_by(CELL_KEY)
        .agg(
            *(
                pl.col(name).filter(side).sum().cast(pl.Float64).alias(f"{label}_{name}")
                for label, side in (("first", first), ("second", ~first))
                for name in ("numerator", "denominator")
            ),
            _COUNTED.sum().cast(pl.Int64).alias("n_events"),
        )
    )
    counts = [pl.col(f"{label}_{name}") for label in ("first", "second") for name in ("numerator", "denominator")]
    low, high = proportions.newcombe(*counts)
    both = (counts[1] > 0) & (counts[3] > 0)
    return sides.select(
        *CELL_KEY,
        pl.when(both).then(counts[0] / counts[1] - counts[2] / counts[3]).alias("value"),
        low.alias("ci_low"),
        high.alias("ci_high"),
        pl.lit("newcombe").alias("interval_method"),
        (counts[1] + counts[3]).alias("denominator"),
        "n_events",
    )


def net_score(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share of `value` 1 minus share of `value` -1 among all answers (1, 0, -1), adjusted-Wald interval.

    Under 30 answers the state is not_enough_data with flag `fewer_than_30_answers`. The numerator is the net count.
    """
    cells = (
        rows.filter(pl.col("value").is_not_null())
        .group_by(CELL_KEY)
        .agg(
            (pl.col("value") > 0).sum().cast(pl.Float64).alias("promoters"),
            (pl.col("value") < 0).sum().cast(pl.Float64).alias("detractors"),
            pl.len().cast(pl.Float64).alias("denominator"),
            pl.len().cast(pl.Int64).alias("n_events"),
        )
    )
    promoters, detractors, answers = pl.col("promoters"), pl.col("detractors"), pl.col("denominator")
    low, high = proportions.adjusted_wald_net_score(promoters, detractors, answers)
    too_few = answers < NET_SCORE_MINIMUM
    return cells.select(
        *CELL_KEY,
        ((promoters - detractors) / answers).alias("value"),
        low.alias("ci_low"),
        high.alias("ci_high"),
        pl.lit("adjusted_wald").alias("interval_method"),
        (promoters - detractors).alias("numerator"),
        "denominator",
        "n_events",
        pl.when(too_few).then(pl.lit("not_enough_data")).alias("state"),
        pl.when(too_few).then(pl.lit("fewer_than_30_answers")).alias("flags"),
    )


def survival_quantiles(probabilities: dict[str, float]) -> Estimator:
    """Kaplan-Meier quantile per component (`{"median": 0.5}`) of `value` minutes, censored where not `is_observed`.

    The observation appears once per component. A quantile the curve does not reach is null with state
    not_enough_data and flag `quantile_not_reached`; the denominator counts units, `n_events` the observed ones.
    """

    def estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
        told, cells = numbered(rows)
        frames = [
            survival.quantiles(
                survival.curve(told.filter(pl.col("component") == component), [CELL], "value", "is_observed"),
                [CELL],
                probability,
            )
            for component, probability in probabilities.items()
        ]
        return pl.concat(frames).join(cells, on=CELL).select(*CELL_KEY, *survival_numbers())

    return estimate


def survival_numbers() -> list[pl.Expr]:
    """What a cell takes over from `survival.quantiles`: value, interval, counts, and state and flag if not reached."""
    unreached = pl.col("value").is_null()
    return [
        pl.col("value", "ci_low", "ci_high"),
        pl.lit("brookmeyer_crowley").alias("interval_method"),
        pl.col("n_units").cast(pl.Float64).alias("denominator"),
        pl.col("n_events"),
        pl.when(unreached).then(pl.lit("not_enough_data")).alias("state"),
        pl.when(unreached).then(pl.lit("quantile_not_reached")).alias("flags"),
    ]


def _coverage(rows: pl.LazyFrame) -> list[pl.Expr]:
    if "is_covered" not in rows.collect_schema().names():
        return []
    return [pl.col("is_covered").mean().alias("coverage")]
