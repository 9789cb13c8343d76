"""Mantel-Haenszel risk difference: two sides compared within strata, so that what differs between strata cannot pose as
the difference between the sides.

Within stratum s, side 1 has k1 successes of n1 and side 0 has k0 of n0; the weight is n1 n0 / (n1 + n0) and
the estimate sum(w (k1 / n1 - k0 / n0)) / sum(w) (Cochran 1954; Mantel and Haenszel 1959). It equals the coefficient of
the side in a linear regression with one constant per stratum.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def weighted_gaps(rows: pl.LazyFrame, by: Sequence[str], strata: Sequence[str], side: pl.Expr) -> pl.LazyFrame:
    """Per group of `by`: `gap` = sum of w (p1 - p0) and `weight` = sum of w over its strata.

    `rows` carry `successes` and `trials`; `side` is a Boolean. A stratum with one side only adds nothing. Sums of gaps
    over sums of weights of several groups are the risk difference over all of them.
    """
    n, k, label = pl.col("trials").cast(pl.Float64), pl.col("successes").cast(pl.Float64), side.cast(pl.Float64)
    n1, k1 = pl.col("n1"), pl.col("k1")
    n0, k0 = pl.col("n") - n1, pl.col("k") - k1
    return (
        rows.select(*by, *strata, n.alias("n"), k.alias("k"), (n * label).alias("n1"), (k * label).alias("k1"))
        .group_by(*by, *strata)
        .agg(pl.col("n", "k", "n1", "k1").sum())
        .filter(pl.col("n") > 0)
        .group_by(by)
        .agg(
            ((k1 * n0 - k0 * n1) / pl.col("n")).sum().alias("gap"),
            (n1 * n0 / pl.col("n")).sum().alias("weight"),
        )
    )
