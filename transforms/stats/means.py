"""Ratios and means with cluster-robust linearised intervals.

Rows of one person or of one team-day resemble one another. The variance is therefore taken between clusters: with
R = sum(y) / sum(x) and e_g = sum over cluster g of (y - R x), var(R) = G / (G - 1) * sum(e_g^2) / sum(x)^2, and the
interval is R +- t(G - 1) * sqrt(var). A mean is the ratio with x = 1. This equals weighted least squares on a
constant with clustered standard errors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import stdtrit


def clustered_ratio(
    rows: pl.LazyFrame, by: Sequence[str], numerator: pl.Expr, denominator: pl.Expr, cluster: pl.Expr | None = None
) -> pl.LazyFrame:
    """Ratio of sums per group of `by`: value, ci_low, ci_high, numerator, denominator, n_events, n_clusters.

    Rows whose `cluster` is null are clusters of their own; without `cluster` every row is one. The interval is
    null with fewer than two clusters, the value where the denominator sums to zero. `n_events` counts rows.
    """
    rows = rows.select(
        *by, numerator.cast(pl.Float64).alias("y"), denominator.cast(pl.Float64).alias("x"), *_key(cluster)
    )
    clusters = (
        _summed(rows.filter(pl.col("cluster").is_not_null()), [*by, "cluster"]).drop("cluster")
        if cluster is not None
        else None
    )
    alone = rows.filter(pl.col("cluster").is_null()) if cluster is not None else rows
    alone = alone.select(*by, "y", "x", pl.lit(1, dtype=pl.Int64).alias("n"))
    together = alone if clusters is None else pl.concat([clusters.select(*by, "y", "x", "n"), alone])
    y, x = pl.col("y"), pl.col("x")
    value = pl.when(x.sum() != 0).then(y.sum() / x.sum())
    sums = together.group_by(by).agg(
        y.sum().alias("numerator"),
        x.sum().alias("denominator"),
        pl.col("n").sum().alias("n_events"),
        pl.len().cast(pl.Int64).alias("n_clusters"),
        value.alias("value"),
        # Deviations first, squares after: a difference of sums of squares would leave the noise of its last digits,
        # and its root would reach the digits that are published.
        ((y - value * x) ** 2).sum().alias("residual"),
    )
    groups, residual = pl.col("n_clusters"), pl.col("residual")
    error = pl.when(groups > 1).then((groups / (groups - 1) * residual).sqrt() / pl.col("denominator").abs())
    half = error * groups.map_batches(_quantile, return_dtype=pl.Float64)
    return (
        sums.with_columns(half.alias("half"))
        .with_columns(
            (pl.col("value") - pl.col("half")).alias("ci_low"), (pl.col("value") + pl.col("half")).alias("ci_high")
        )
        .drop("residual", "half")
    )


def _key(cluster: pl.Expr | None) -> list[pl.Expr]:
    return [] if cluster is None else [cluster.alias("cluster")]


def _summed(rows: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    return rows.group_by(by).agg(pl.col("y").sum(), pl.col("x").sum(), pl.len().cast(pl.Int64).alias("n"))


def _quantile(clusters: pl.Series) -> pl.Series:
    degrees = np.maximum(clusters.to_numpy() - 1, 1)
    return pl.Series(clusters.name, stdtrit(degrees, 0.975), dtype=pl.Float64)
