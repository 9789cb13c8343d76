"""Beta-binomial empirical Bayes: small units are drawn towards what units of their kind have in common.

With k units, N trials, p = sum(x) / N and S = sum(n_i (x_i / n_i - p)^2), the intraclass correlation by the method of
moments is rho = (S / (p (1 - p)) - (k - 1)) / sum((1 - n_i / N)(n_i - 1)) (Kleinman 1973), the weight of the common
share is M = 1 / rho - 1 trials, and the estimate is (x + M p) / (n + M). A variance between units of zero or less
means they do not differ beyond chance: every unit then gets p.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

MINIMUM_UNITS = 8


def beta_binomial(units: pl.LazyFrame, by: Sequence[str], successes: str, trials: str) -> pl.LazyFrame:
    """`units` (one row per unit) with `shrunk_value`, fitted per group of `by`.

    Null in groups of fewer than 8 units with a trial, and for units without one.
    """
    group = list(by)
    x, n = pl.col(successes).cast(pl.Float64), pl.col(trials).cast(pl.Float64)
    with_trials = n > 0
    total = n.sum().over(group)
    common = (x.sum() / n.sum()).over(group)
    count = with_trials.sum().over(group).cast(pl.Float64)
    spread = pl.when(with_trials).then(n * (x / n - pl.col("_common")) ** 2).otherwise(0.0).sum().over(group)
    room = pl.when(with_trials).then((1 - n / total) * (n - 1)).otherwise(0.0).sum().over(group)
    binomial = pl.col("_common") * (1 - pl.col("_common"))
    rho = pl.when((binomial > 0) & (pl.col("_room") > 0)).then(
        (pl.col("_spread") / binomial - (pl.col("_count") - 1)) / pl.col("_room")
    )
    weight = (1 / pl.col("_rho") - 1).clip(0.0)
    estimate = (
        pl.when(pl.col("_rho") > 0).then((x + weight * pl.col("_common")) / (n + weight)).otherwise(pl.col("_common"))
    )
    return (
        units.with_columns(common.alias("_common"))
        .with_columns(count.alias("_count"), spread.alias("_spread"), room.alias("_room"))
        .with_columns(rho.alias("_rho"))
        .with_columns(pl.when((pl.col("_count") >= MINIMUM_UNITS) & with_trials).then(estimate).alias("shrunk_value"))
        .drop("_common", "_count", "_spread", "_room", "_rho")
    )
