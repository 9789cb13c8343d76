"""Runs: points in line on one side of a centre, the sign of a small shift that lasts.

A point on the centre neither ends a run nor adds to it. Eight points in line is the rule: in a series without a shift
a given eight points do so with probability 2 * 0.5^8 = 0.0078.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

RUN_POINTS = 8


def last_runs(
    points: pl.LazyFrame, series: Sequence[str], order: str, value: str = "value", centre: str = "centre"
) -> pl.LazyFrame:
    """The run that ends in the last point of each series: `series`, `side`, `run_length`, `run_p_value`.

    `points` come in order of time (`order`, a whole number) within their series. `side`: 1 above the centre, -1 below,
    0 on it. `run_p_value` is binomial and two-sided: that all of `run_length` points lie on one side by chance,
    2 * 0.5^length, 1 for a single point. A last point on the centre or without a value has length 0 and no p-value.
    """
    side, at = pl.col("side"), pl.col(order).cast(pl.Int64)
    turned_at = at.filter(side == -side.last()).max().fill_null(-1)
    length = ((side != 0) & (at > turned_at)).sum().cast(pl.Int64)
    return (
        points.with_columns((pl.col(value) - pl.col(centre)).sign().cast(pl.Int8).alias("side"))
        .group_by(series, maintain_order=True)
        .agg(side.last().alias("last_side"), pl.when(side.last() != 0).then(length).otherwise(0).alias("run_length"))
        .rename({"last_side": "side"})
        .with_columns(
            pl.when(pl.col("run_length") > 0)
            .then((2 * pl.lit(0.5).pow(pl.col("run_length"))).clip(upper_bound=1.0))
            .alias("run_p_value")
        )
    )
