"""Mantel-Haenszel risk difference with an interval that knows that rows of one person resemble one another.

The difference with weights n1 n0 / (n1 + n0) is the coefficient of the side in a linear regression with a constant
per stratum. Its cluster-robust variance is G / (G - 1) * sum over clusters of (sum of (x - mean x) e)^2 over
(sum of (x - mean x)^2)^2, with x the side, means within the stratum and e the residuals; the interval is the estimate
+- t(G - 1) standard errors. Rows of a stratum with one side only say nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import stdtrit


def clustered_gap(
    rows: pl.LazyFrame, by: Sequence[str], strata: Sequence[str], *, side: str, outcome: str, cluster: str
) -> pl.LazyFrame:
    """First side minus second side per group of `by`: value, ci_low, ci_high, n_first, n_second, n_clusters.

    `side` is Boolean and `outcome` 0 or 1 per row; rows with a null side are left out. Groups in which no stratum has
    both sides are not returned; the interval is null with fewer than two clusters.
    """
    stratum = [*by, *strata]
    x, y = pl.col("x"), pl.col("y")
    told = (
        rows.filter(pl.col(side).is_not_null())
        .select(*stratum, pl.col(cluster).alias("cluster"), pl.col(side).cast(pl.Float64).alias("x"), _number(outcome))
        .group_by(*stratum, "cluster", "x")
        .agg(y.sum().alias("y"), pl.len().cast(pl.Float64).alias("n"))
    )
    # Rows that agree in side, stratum and cluster are one row with a weight.
    means = (
        told.group_by(stratum)
        .agg(
            (x * pl.col("n")).sum().alias("n1"),
            pl.col("n").sum().alias("n_stratum"),
            (y.sum() / pl.col("n").sum()).alias("mean_y"),
        )
        .with_columns((pl.col("n1") / pl.col("n_stratum")).alias("mean_x"))
        .filter((pl.col("mean_x") > 0) & (pl.col("mean_x") < 1))
    )
    centred = (
        told.join(means, on=stratum, nulls_equal=True)
        .with_columns((x - pl.col("mean_x")).alias("dx"))
        .with_columns((y - pl.col("n") * pl.col("mean_y")).alias("dy"))
    )
    slopes = centred.group_by(by).agg(
        ((pl.col("dx") * pl.col("dy")).sum() / (pl.col("n") * pl.col("dx") ** 2).sum()).alias("value"),
        (pl.col("n") * pl.col("dx") ** 2).sum().alias("weight"),
        (x * pl.col("n")).sum().alias("n_first"),
        ((1 - x) * pl.col("n")).sum().alias("n_second"),
    )
    residual = pl.col("dy") - pl.col("value") * pl.col("n") * pl.col("dx")
    spread = (
        centred.join(slopes.select(*by, "value"), on=list(by))
        .group_by(*by, "cluster")
        .agg((pl.col("dx") * residual).sum().alias("score"))
        .group_by(by)
        .agg((pl.col("score") ** 2).sum().alias("squares"), pl.len().cast(pl.Int64).alias("n_clusters"))
    )
    groups = pl.col("n_clusters")
    error = pl.when(groups > 1).then((groups / (groups - 1) * pl.col("squares")).sqrt() / pl.col("weight"))
    half = error * groups.map_batches(_quantile, return_dtype=pl.Float64)
    return (
        slopes.join(spread, on=list(by))
        .with_columns((pl.col("value") - half).alias("ci_low"), (pl.col("value") + half).alias("ci_high"))
        .select(*by, "value", "ci_low", "ci_high", "n_first", "n_second", "n_clusters")
    )


def _number(outcome: str) -> pl.Expr:
    return pl.col(outcome).cast(pl.Float64).alias("y")


def _quantile(clusters: pl.Series) -> pl.Series:
    degrees = np.maximum(clusters.to_numpy() - 1, 1)
    return pl.Series(clusters.name, stdtrit(degrees, 0.975), dtype=pl.Float64)
