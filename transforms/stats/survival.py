"""Kaplan-Meier quantiles of durations, of which some are only known to be longer than observed.

The interval is that of Brookmeyer and Crowley (1982) on the log-log scale: it holds every time at which the
confidence band of the survival curve covers 1 - q.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.stats.proportions import Z


def curve(rows: pl.LazyFrame, by: Sequence[str], duration: str, is_observed: str) -> pl.LazyFrame:
    """Survival curve per group of `by`, one row per distinct duration.

    Shape: `by`, time, n_events (observed at that time), n_at_risk, survival, band_low, band_high (null where the curve
    has come down to 0). Rows with a null duration are left out.
    """
    group = list(by)
    hazard = pl.col("n_events") / pl.col("n_at_risk")
    greenwood = pl.col("n_events") / (pl.col("n_at_risk") * (pl.col("n_at_risk") - pl.col("n_events")))
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
        .group_by(*group, pl.col(duration).cast(pl.Float64).alias("time"))
        .agg(pl.col(is_observed).sum().cast(pl.Int64).alias("n_events"), pl.len().cast(pl.Int64).alias("n_leaving"))
        .sort(*group, "time")
        .with_columns(pl.col("n_leaving").cum_sum(reverse=True).over(group).alias("n_at_risk"))
        .with_columns(
            (1 - hazard).cum_prod().over(group).alias("survival"), greenwood.cum_sum().over(group).alias("greenwood")
        )
        # When nobody is left, the longest wait seen says nothing about how many would have waited longer.
        .with_columns(band(-1, 0.0).alias("band_low"), band(1, None).alias("band_high"))
        .select(*group, "time", "n_events", "n_at_risk", "survival", "band_low", "band_high")
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
        pl.col("n_at_risk").max().alias("n_units"),
        pl.col("n_events").sum(),
    )
