"""The slope of a share along ordered groups: least squares over people, its interval from one of Wilson's per group.

Every person is a row with the group's position x and an outcome y between 0 and 1. As x is the same for a whole
group, sums per group are enough: with p the group's share and c = n (x - mean x) / sum of n (x - mean x)^2, the slope
is the sum of c p. The interval is found by square-and-add (MOVER: Zou, Huang and Zhang 2009): below the slope lies the
root of the sum of (c (p - l))^2, above it that of (c (u - p))^2, with l and u the Wilson limits of the group, exchanged
where c < 0. Errors from residuals would say certainty where the few of a group agree. Two groups, one step apart, give
Newcombe's interval.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.stats.proportions import wilson


def grouped_slope(groups: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Slope per group of `by`: the columns of `by`, value, ci_low, ci_high, n.

    `groups` holds one row per group of people: x, n (people) and total (sum of y). The slope is null where every x is
    the same, and so is the interval.
    """
    n, x, total = pl.col("n").cast(pl.Float64), pl.col("x"), pl.col("total")
    centred = groups.with_columns(n.alias("n"), (x - (n * x).sum().over(by) / n.sum().over(by)).alias("x"))
    low, high = wilson(total, n)
    share, spread = total / n, (n * x**2).sum().over(by)
    weighed = centred.with_columns(
        (n * x / pl.when(spread > 0).then(spread)).alias("c"),
        (share - low).alias("below"),
        (high - share).alias("above"),
    )
    c, below, above = pl.col("c"), pl.col("below"), pl.col("above")
    return (
        weighed.group_by(by)
        .agg(
            pl.when(c.is_not_null().any()).then((c * share).sum()).alias("value"),
            ((c * pl.when(c > 0).then(below).otherwise(above)) ** 2).sum().sqrt().alias("down"),
            ((c * pl.when(c > 0).then(above).otherwise(below)) ** 2).sum().sqrt().alias("up"),
            pl.col("n").sum().cast(pl.Int64),
        )
        .select(
            *by,
            "value",
            (pl.col("value") - pl.col("down")).alias("ci_low"),
            (pl.col("value") + pl.col("up")).alias("ci_high"),
            "n",
        )
    )
