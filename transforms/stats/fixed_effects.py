"""The effect of a condition that comes and goes, within groups: each group is compared with itself only.

Errors that allow for unequal variance trust the rows of each condition to show their own. Where a condition came once
its row fits exactly and shows none: with one missed target in sixteen months 41 % of such intervals held the truth. So
the interval takes the larger of two variances, that with each residual over 1 - its leverage (HC3: MacKinnon and White
1985) and that of least squares, which lends the once seen condition the variance of the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import stdtrit

CLUSTERS_FROM = 10


def within_effect(rows: pl.LazyFrame, by: Sequence[str], group: str, condition: str, outcome: str) -> pl.DataFrame:
    """Least squares effect of Boolean `condition` on `outcome` with an intercept per `group`, for each cell of `by`.

    Shape: `by`, value, ci_low, ci_high, n_rows, n_groups (those that show both conditions). A group that shows one
    condition only says nothing. The interval is t, from the larger of HC3 and plain errors (intercepts counted), and
    clustered by group where 10 groups or more show both. Null without such a group, the interval too without a degree
    of freedom.
    """
    keys, cell = [*by, group], list(by)
    x, y = pl.col(condition).cast(pl.Float64), pl.col(outcome)
    centred = rows.select(
        *keys,
        (x - x.mean().over(keys)).alias("x"),
        (y - y.mean().over(keys)).alias("y"),
        (1 / pl.len().over(keys)).alias("leverage"),
    ).with_columns(((pl.col("x") ** 2).sum().over(keys) > 1e-9).alias("varies"))
    useful = centred.filter("varies")
    slope = useful.group_by(cell).agg(
        ((pl.col("x") * pl.col("y")).sum() / (pl.col("x") ** 2).sum()).alias("value"),
        (pl.col("x") ** 2).sum().alias("xx"),
        pl.len().cast(pl.Int64).alias("n_rows"),
        pl.col(group).n_unique().cast(pl.Int64).alias("n_groups"),
    )
    residual = pl.col("y") - pl.col("value") * pl.col("x")
    freedom = 1 - pl.col("leverage") - pl.col("x") ** 2 / pl.col("xx")
    scored = useful.join(slope.select(*cell, "value", "xx"), on=cell).with_columns(
        residual.alias("residual"), (pl.col("x") * residual).alias("score"), freedom.alias("freedom")
    )
    # A row that alone decides the effect has no residual to speak of.
    told = pl.when(pl.col("freedom") > 1e-9).then(pl.col("score") / pl.col("freedom")).otherwise(0.0)
    alone = scored.group_by(cell).agg((told**2).sum().alias("by_row"), (pl.col("residual") ** 2).sum().alias("squares"))
    grouped = (
        scored.group_by(keys)
        .agg(pl.col("score").sum())
        .group_by(cell)
        .agg((pl.col("score") ** 2).sum().alias("by_group"))
    )
    found = slope.join(alone, on=cell).join(grouped, on=cell).collect()
    n, groups = (found[name].to_numpy().astype(float) for name in ("n_rows", "n_groups"))
    clustered = groups >= CLUSTERS_FROM
    free = np.where(clustered, groups - 1, n - groups - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_group, by_row, squares, xx = (found[name].to_numpy() for name in ("by_group", "by_row", "squares", "xx"))
        of_groups = groups / (groups - 1) * (n - 1) / (n - groups - 1) * by_group / xx**2
        of_rows = np.maximum(by_row / xx**2, squares / free / xx)
        half = stdtrit(np.maximum(free, 1), 0.975) * np.sqrt(np.where(clustered, of_groups, of_rows))
    width = pl.Series("half", np.where(free >= 1, half, np.nan), dtype=pl.Float64, nan_to_null=True)
    return found.select(
        *cell, "value", (pl.col("value") - width).alias("ci_low"), (pl.col("value") + width).alias("ci_high"),
        "n_rows", "n_groups",
    )  # fmt: skip
