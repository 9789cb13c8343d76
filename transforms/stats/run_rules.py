"""Runs: points in line on one side of a centre, the sign of a small shift that lasts.

A point on the centre neither ends a run nor adds to it. Eight points in line is the rule: in a series without a shift
a given eight points do so with probability 2 * 0.5^8 = 0.0078.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

RUN_POINTS = 8


def runs(
    points: pl.LazyFrame, series: Sequence[str], order: str, value: str = "value", centre: str = "centre"
) -> pl.LazyFrame:
    """`points` with the run that ends in each: `side` (1 above, -1 below, 0 on it), `run_length`, `run_p_value`.

    `order` sorts a series in time; the rows keep their order. `run_p_value` is binomial and two-sided: that all of
    `run_length` points lie on one side by chance, 2 * 0.5^length, 1 for a single point. A point on the centre or
    without a value has length 0 and no p-value.
    """
    keys = list(series)
    side = (pl.col(value) - pl.col(centre)).sign().cast(pl.Int8)
    rows = points.with_row_index("point_row").with_columns(side.alias("side"))
    counted = rows.filter(pl.col("side") != 0).sort(*keys, order)
    turns = (pl.col("side") != pl.col("side").shift().over(keys)).fill_null(True)
    lengths = (
        counted.with_columns(turns.cast(pl.Int64).cum_sum().over(keys).alias("run"))
        .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(*keys, "run").alias("run_length"))
        .select("point_row", "run_length")
    )
    length = pl.col("run_length")
    p_value = (2 * pl.lit(0.5).pow(length)).clip(upper_bound=1.0)
    return (
        rows.join(lengths, on="point_row", how="left")
        .with_columns(pl.when(length > 0).then(p_value).alias("run_p_value"), length.fill_null(0))
        .sort("point_row")
        .drop("point_row")
    )
