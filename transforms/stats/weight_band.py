"""How far a weighted mean can move when nobody is sure of the weights.

Every weight may be up to a share larger or smaller than declared, each by itself. The mean is then highest when all
values above some cut weigh as much as they may and all below as little, so it is enough to try every cut: the band
is exact, not sampled.

Worked example: 50 and 80 with weights of 2, each +-20 %: low (2.4 * 50 + 1.6 * 80) / 4 = 62, mean 65, high 68.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def weighted_band(rows: pl.LazyFrame, keys: Sequence[str], value: str, weight: str, share: float) -> pl.LazyFrame:
    """Per group: `low`, `mean` and `high` of the mean of `value` weighted by `weight` (> 0) within +-`share`.

    Groups without rows have no row. The order of rows does not matter.
    """
    group = list(keys)
    w, weighted = pl.col(weight), pl.col(weight) * pl.col(value)
    below_w, below = w.cum_sum().over(group), weighted.cum_sum().over(group)
    above_w, above = w.sum().over(group) - below_w, weighted.sum().over(group) - below

    def cut(of_below: float, of_above: float) -> pl.Expr:
        return (of_below * below + of_above * above) / (of_below * below_w + of_above * above_w)

    return (
        rows.sort(*group, value, weight)
        .with_columns(cut(1 + share, 1 - share).alias("low"), cut(1 - share, 1 + share).alias("high"))
        .group_by(group)
        .agg(pl.col("low").min(), (weighted.sum() / w.sum()).alias("mean"), pl.col("high").max())
    )
