"""The slope of a share along ordered groups: least squares over people, robust to unequal variance.

Every person is a row with the group's position x and an outcome y between 0 and 1. As x is the same for a whole
group, sums per group are enough. With e the residuals and n people, the variance of the slope is
n / (n - 2) * sum((x - mean x)^2 e^2) / (sum((x - mean x)^2))^2 (White 1980, with the small-sample factor HC1), and
the interval is that of t with n - 2 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import stdtrit


def grouped_slope(groups: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Slope per group of `by`: the columns of `by`, value, ci_low, ci_high, n.

    `groups` holds one row per group of people: x, n (people), total (sum of y) and squares (sum of y squared). The
    slope is null where every x is the same, the interval with fewer than three people.
    """
    n, x = pl.col("n").cast(pl.Float64), pl.col("x")
    people = n.sum().over(by)
    centred = groups.with_columns(
        n.alias("n"),
        (x - (n * x).sum().over(by) / people).alias("x"),
        (pl.col("total").sum().over(by) / people).alias("mean"),
    )
    spread, moment = (n * x**2).sum().over(by), (x * pl.col("total")).sum().over(by)
    slope = pl.when(spread > 0).then(moment / spread)
    fitted = pl.col("mean") + pl.col("slope") * x
    residual = pl.col("squares") - 2 * fitted * pl.col("total") + n * fitted**2
    sums = (
        centred.with_columns(slope.alias("slope"), spread.alias("spread"))
        .with_columns((x**2 * residual).clip(0.0).alias("meat"))
        .group_by(by)
        .agg(pl.col("slope", "spread").first(), pl.col("meat", "n").sum())
    )
    error = pl.when(n > 2).then((n / (n - 2) * pl.col("meat")).sqrt() / pl.col("spread"))
    half = error * n.map_batches(_quantile, return_dtype=pl.Float64)
    return sums.select(
        *by,
        pl.col("slope").alias("value"),
        (pl.col("slope") - half).alias("ci_low"),
        (pl.col("slope") + half).alias("ci_high"),
        n.cast(pl.Int64),
    )


def _quantile(people: pl.Series) -> pl.Series:
    degrees = np.maximum(people.to_numpy() - 2, 1)
    return pl.Series(people.name, stdtrit(degrees, 0.975), dtype=pl.Float64)
