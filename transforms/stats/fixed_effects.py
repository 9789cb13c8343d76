"""The effect of a condition that comes and goes, within groups: each group is compared with itself only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import stdtrit

CLUSTERS_FROM = 10


def within_effect(rows: pl.LazyFrame, by: Sequence[str], group: str, condition: str, outcome: str) -> pl.DataFrame:
    """Least squares effect of Boolean `condition` on `outcome` with an intercept per `group`, for each cell of `by`.

    Shape: `by`, value, ci_low, ci_high, n_rows, n_groups (those that show both conditions). A group that shows one
    condition only says nothing. The interval is t, from heteroscedasticity-robust errors (HC1 with the intercepts
    counted), clustered by group where 10 groups or more show both. Null without such a group, the interval too without
    a degree of freedom.
    """
    keys, cell = [*by, group], list(by)
    x, y = pl.col(condition).cast(pl.Float64), pl.col(outcome)
    centred = rows.select(
        *keys, (x - x.mean().over(keys)).alias("x"), (y - y.mean().over(keys)).alias("y")
    ).with_columns(((pl.col("x") ** 2).sum().over(keys) > 1e-9).alias("varies"))
    useful = centred.filter("varies")
    slope = useful.group_by(cell).agg(
        ((pl.col("x") * pl.col("y")).sum() / (pl.col("x") ** 2).sum()).alias("value"),
        (pl.col("x") ** 2).sum().alias("xx"),
        pl.len().cast(pl.Int64).alias("n_rows"),
        pl.col(group).n_unique().cast(pl.Int64).alias("n_groups"),
    )
    score = pl.col("x") * (pl.col("y") - pl.col("value") * pl.col("x"))
    scored = useful.join(slope.select(*cell, "value"), on=cell).with_columns(score.alias("score"))
    alone = scored.group_by(cell).agg((pl.col("score") ** 2).sum().alias("by_row"))
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
        inflation = np.where(clustered, groups / (groups - 1) * (n - 1) / (n - groups - 1), n / free)
        meat = np.where(clustered, found["by_group"].to_numpy(), found["by_row"].to_numpy())
        half = stdtrit(np.maximum(free, 1), 0.975) * np.sqrt(inflation * meat) / found["xx"].to_numpy()
    width = pl.Series("half", np.where(free >= 1, half, np.nan), dtype=pl.Float64, nan_to_null=True)
    return found.select(
        *cell, "value", (pl.col("value") - width).alias("ci_low"), (pl.col("value") + width).alias("ci_high"),
        "n_rows", "n_groups",
    )  # fmt: skip
