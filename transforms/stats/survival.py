"""Kaplan-Meier quantiles of durations, of which some are only known to be longer than observed.

The interval is that of Brookmeyer and Crowley (1982) on the log-log scale: it holds every time at which the
confidence band of the survival curve covers 1 - q.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.stats.proportions import Z


def curve(rows: pl.LazyFrame, by: Sequence[str], duration: str, is_observed: str) -> pl.LazyFrame:
    """Survival curve per group of `by`, one row per distinct duration, in order.

    Shape: `by`, n_units and n_events (of the group), time, survival, band_low, band_high (null where the curve has come
    down to 0). Rows with a null duration are left out.
    """
    at_risk = pl.len().cast(pl.Int64) - pl.int_range(pl.len())
    event = pl.col(is_observed).cast(pl.Int64)
    time = pl.col(duration).cast(pl.Float64)
    log_survival = pl.col("survival").log()
    width = Z * pl.col("greenwood").sqrt() / log_survival

    def band(sign: int, at_the_end: float | None) -> pl.Expr:
        bound = (-((-log_survival).log() + sign * width).exp()).exp()
        return (
            pl.when(pl.col("survival") == 1)
            .then(1.0)
            .when(pl.col("survival") > 0)
            .then(bound)
            .otherwise(pl.lit(at_the_end, dtype=pl.Float64))
        )

    return (
        rows.filter(pl.col(duration).is_not_null())
        .select(*by, duration, is_observed)
        # Sorted by time alone, for all groups at once: sorting by group too takes three times as long. Of equal times
        # the events come first, so that unit by unit the factors of one time multiply to its own.
        .sort(duration, is_observed, descending=[False, True])
        .group_by(by)
        .agg(
            pl.len().cast(pl.Int64).alias("n_units"),
            event.sum().alias("n_events"),
            time.alias("time"),
            (1 - event / at_risk).cum_prod().alias("survival"),
            (event / (at_risk * (at_risk - event))).cum_sum().alias("greenwood"),
            (time != time.shift(-1)).fill_null(True).alias("is_last"),
        )
        .explode("time", "survival", "greenwood", "is_last")
        .filter("is_last")
        # When nobody is left, the longest wait seen says nothing about how many would have waited longer.
        .with_columns(band(-1, 0.0).alias("band_low"), band(1, None).alias("band_high"))
        .drop("greenwood", "is_last")
    )


def quantiles(curves: pl.LazyFrame, by: Sequence[str], probability: float) -> pl.LazyFrame:
    """First time by which a share of `probability` had their event: value, ci_low, ci_high, n_units, n_events.

    A quantile or bound the curve does not reach is null.
    """
    level = 1 - probability + 1e-9

    def first(column: str, alias: str) -> pl.Expr:
        return pl.col("time").filter(pl.col(column) <= level).min().alias(alias)

    return curves.group_by(by).agg(
        first("survival", "value"),
        first("band_low", "ci_low"),
        first("band_high", "ci_high"),
        pl.col("n_units", "n_events").first(),
    )
