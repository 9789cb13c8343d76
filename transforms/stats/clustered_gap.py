"""Mantel-Haenszel risk difference with an interval that knows that rows of one person resemble one another.

The difference with weights w = n1 n0 / (n1 + n0) is p1 - p0, each the mean over strata with weights w / sum(w). A
row's share of its side's mean is a = w / sum(w) / n of its side and stratum, so the variance of the mean is
p (1 - p) / m with 1 / m = sum(a^2) + rho * (sum over persons of (sum of a)^2 - sum(a^2)). rho is the correlation of two
rows of one person, from the residuals of both sides together; as it comes from G persons only, m is multiplied by
(t(n - 1) / t(G - 1))^2 (Korn and Graubard 1998). The interval is Newcombe's, from a Wilson interval of each side with m
for the trials: one that takes its variance from the residuals says certainty where few come on one side and all of
them fare alike. Where nothing varies rho cannot be known and is taken as 1. A person on both sides counts as two, which
errs on the wide side. Rows of a stratum with one side only say nothing and are left out.

Source of the stratified interval: Yan and Su 2010, with the weights of Mantel and Haenszel.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.stats.proportions import newcombe, of_few_clusters

_NOTHING = 1e-12


def clustered_gap(
    rows: pl.LazyFrame, by: Sequence[str], strata: Sequence[str], *, side: str, outcome: str, cluster: str
) -> pl.LazyFrame:
    """First side minus second side per group of `by`: value, ci_low, ci_high, n_first, n_second, n_clusters.

    `side` is Boolean and `outcome` 0 or 1 per row; rows with a null side are left out. Groups in which no stratum has
    both sides are not returned; the interval is null with fewer than two clusters.
    """
    stratum, n = [*by, *strata], pl.col("n")
    x, y, gap = pl.col("x"), pl.col("y"), pl.col("value")
    told = (
        rows.filter(pl.col(side).is_not_null())
        .select(*stratum, pl.col(cluster).alias("cluster"), pl.col(side).cast(pl.Float64).alias("x"), _number(outcome))
        .group_by(*stratum, "cluster", "x")
        .agg(y.sum().alias("y"), pl.len().cast(pl.Float64).alias("n"))
    )
    # Rows that agree in side, stratum and cluster are one row with a weight.
    means = (
        told.group_by(stratum)
        .agg((x * n).sum().alias("n1"), n.sum().alias("n_stratum"), (y.sum() / n.sum()).alias("mean_y"))
        .with_columns((pl.col("n1") / pl.col("n_stratum")).alias("mean_x"))
        .filter((pl.col("mean_x") > 0) & (pl.col("mean_x") < 1))
    )
    centred = (
        told.join(means, on=stratum, nulls_equal=True)
        .with_columns((x - pl.col("mean_x")).alias("dx"))
        .with_columns((y - n * pl.col("mean_y")).alias("dy"))
    )
    slopes = centred.group_by(by).agg(
        ((pl.col("dx") * pl.col("dy")).sum() / (n * pl.col("dx") ** 2).sum()).alias("value"),
        (n * pl.col("dx") ** 2).sum().alias("weight"),
        (x * n).sum().alias("n_first"),
        ((1 - x) * n).sum().alias("n_second"),
    )
    # Of a stratum's rows on one side, each has the weight n1 n0 / n over their number: n0 / n for the first side.
    of_a_row = pl.when(x == 1).then(1 - pl.col("mean_x")).otherwise("mean_x") / pl.col("weight")
    fitted = pl.col("mean_y") + gap * pl.col("dx")
    weighed = centred.join(slopes.select(*by, "value", "weight"), on=list(by)).with_columns(
        of_a_row.alias("a"),
        (y - n * fitted).alias("residual"),
        (y * (1 - 2 * fitted) + n * fitted**2).alias("squares"),
    )
    sides = _effective(weighed, by)
    p1, m1, p0, m0 = (pl.col(name) for name in ("p1", "m1", "p0", "m0"))
    low, high = newcombe(p1 * m1, m1, p0 * m0, m0)
    several = pl.col("n_clusters") > 1
    return (
        slopes.join(sides, on=list(by))
        .with_columns(pl.when(several).then(low).alias("ci_low"), pl.when(several).then(high).alias("ci_high"))
        .select(*by, "value", "ci_low", "ci_high", "n_first", "n_second", "n_clusters")
    )


def _effective(weighed: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Per group of `by`: n_clusters, and of either side the mean (p1, p0) and the effective number of rows (m1, m0)."""
    a, n, x = pl.col("a"), pl.col("n"), pl.col("x")
    persons = weighed.group_by(*by, "cluster").agg(
        n.sum(),
        pl.col("residual", "squares").sum(),
        *((a * pl.col("y")).filter(x == side).sum().alias(f"p{side}") for side in (0, 1)),
        *((a * n).filter(x == side).sum().alias(f"a{side}") for side in (0, 1)),
        *((a**2 * n).filter(x == side).sum().alias(f"alone{side}") for side in (0, 1)),
    )
    n_pairs = (n * (n - 1)).sum()
    like = (pl.col("residual") ** 2 - pl.col("squares")).sum() / n_pairs
    spread = pl.col("squares").sum() / n.sum()
    rho = pl.when(spread > _NOTHING).then((like / spread).clip(0.0, 1.0)).otherwise(1.0)
    sums = persons.group_by(by).agg(
        pl.len().cast(pl.Int64).alias("n_clusters"),
        n.sum(),
        pl.when(n_pairs > 0).then(rho).otherwise(0.0).alias("rho"),
        pl.col("p0", "p1", "alone0", "alone1").sum(),
        *((pl.col(f"a{side}") ** 2).sum().alias(f"together{side}") for side in (0, 1)),
    )
    remain = of_few_clusters(n, pl.col("n_clusters"))
    return sums.select(
        *by,
        "n_clusters",
        # A sum of shares that is 1 but for the last binary digit is everybody.
        pl.col("p0", "p1").round(12).clip(0.0, 1.0),
        *(
            (remain / (alone + pl.col("rho") * (pl.col(f"together{side}") - alone))).alias(f"m{side}")
            for side, alone in ((0, pl.col("alone0")), (1, pl.col("alone1")))
        ),
    )


def _number(outcome: str) -> pl.Expr:
    return pl.col(outcome).cast(pl.Float64).alias("y")
