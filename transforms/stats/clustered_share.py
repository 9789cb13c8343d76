"""A share with an interval that knows that rows of one person resemble one another, and that few successes leave doubt.

Wilson's interval with the effective number of rows for the trials: n / (1 + rho (sum of n_g^2 / n - 1)) with n_g the
rows of person g (Kish 1965), and rho the correlation of two rows of one person, never below 0. As rho comes from G
persons only, their squares count G / (G - 1) times, and the trials are multiplied by (t(n - 1) / t(G - 1))^2 (Korn and
Graubard 1998). A variance from residuals between persons makes the interval too short where successes are few, and
gives none where there is no success. Where nothing varies rho cannot be known and is taken as 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.stats.proportions import of_few_clusters, wilson


def clustered_share(rows: pl.LazyFrame, by: Sequence[str], success: pl.Expr, cluster: pl.Expr) -> pl.LazyFrame:
    """Share of `success` (Boolean) per group of `by`: value, ci_low, ci_high, n_rows, n_clusters.

    The interval is null with fewer than two clusters.
    """
    k, n = pl.col("k"), pl.col("n")
    sums = (
        rows.select(*by, success.cast(pl.Float64).alias("k"), cluster.alias("cluster"))
        .group_by(*by, "cluster")
        .agg(k.sum(), pl.len().cast(pl.Float64).alias("n"))
        .with_columns((k.sum().over(by) / n.sum().over(by)).alias("value"))
        .with_columns((k - n * pl.col("value")).alias("residual"))
        .group_by(by)
        .agg(
            pl.col("value").first(),
            k.sum(),
            n.sum(),
            (n * (n - 1)).sum().alias("pairs"),
            (pl.col("residual") ** 2).sum().alias("between"),
            pl.len().cast(pl.Int64).alias("n_clusters"),
        )
    )
    spread, pairs = pl.col("value") * (1 - pl.col("value")), pl.col("pairs")
    # Products of two rows of one person: all products of the person's rows less those of a row with itself.
    groups = pl.col("n_clusters")
    like = (groups / (groups - 1) * pl.col("between") - n * spread) / pairs
    rho = pl.when(spread > 0).then((like / spread).clip(0.0, 1.0)).otherwise(1.0)
    design = 1 + pl.when(pairs > 0).then(rho * pairs / n).otherwise(0.0)
    trials = n / design * of_few_clusters(n, pl.col("n_clusters"))
    low, high = wilson(pl.col("value") * trials, trials)
    several = pl.col("n_clusters") > 1
    return sums.select(
        *by,
        "value",
        pl.when(several).then(low).alias("ci_low"),
        pl.when(several).then(high).alias("ci_high"),
        n.cast(pl.Int64).alias("n_rows"),
        "n_clusters",
    )
