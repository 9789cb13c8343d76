"""Permutation test of a risk difference: each day keeps its rows, the labels of the days change places within a week.

Under the null hypothesis a day's label says nothing about its rows beyond the week. All labellings of a block (a
team's week) that keep its number of labelled days are listed with their weighted gap; a draw picks one per block.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.stats.stratified import weighted_gaps

Floats = NDArray[np.float64]
DRAWS = 1999
MAXIMUM_DAYS = 7


def labellings(rows: pl.LazyFrame, block: Sequence[str], strata: Sequence[str]) -> pl.DataFrame:
    """Every labelling of every block with at least one labelled and one other day.

    Shape: `block`, block_row (its number), labelling, gap, weight, in order of block.

    `rows` carry day, is_labelled (the same on all rows of a block's day), successes, trials. A block holds at most
    7 days.
    """
    # The listing multiplies rows; over numbers instead of texts it costs a third.
    blocks = rows.select(block).unique().sort(block).with_row_index("block_row").collect()
    combinations_of_strata = rows.select(strata).unique().with_row_index("stratum").collect()
    counts = (
        rows.join(blocks.lazy(), on=list(block))
        .join(combinations_of_strata.lazy(), on=list(strata), nulls_equal=True)
        .group_by("block_row", "day", "stratum")
        .agg(pl.col("is_labelled").first(), pl.col("successes", "trials").sum())
        .collect()
    )
    days = (
        counts.lazy()
        .group_by("block_row", "day")
        .agg(pl.col("is_labelled").first())
        .sort("block_row", "day")
        .with_columns(
            pl.int_range(pl.len()).over("block_row").cast(pl.Int64).alias("position"),
            pl.len().over("block_row").cast(pl.Int64).alias("days"),
            pl.col("is_labelled").sum().over("block_row").cast(pl.Int64).alias("labelled"),
        )
        .filter((pl.col("labelled") > 0) & (pl.col("labelled") < pl.col("days")))
        .drop("is_labelled")
    )
    labelled = days.join(_masks().lazy(), on=["days", "labelled", "position"])
    relabelled = counts.lazy().drop("is_labelled").join(labelled, on=["block_row", "day"])
    return (
        weighted_gaps(relabelled, ["block_row", "labelling"], ["stratum"], pl.col("is_labelled"))
        .sort("block_row", "labelling")
        .join(blocks.lazy(), on="block_row", maintain_order="left")
        .select(*block, "block_row", "labelling", "gap", "weight")
        .collect()
    )


def p_value_lower(
    gaps: Floats, weights: Floats, blocks: NDArray[np.uint32], observed: float, seed: tuple[int, ...]
) -> float:
    """One-sided p: share of draws whose risk difference is at most `observed`, the observed one counted among them.

    `gaps` and `weights` list the labellings block after block, `blocks` says to which each belongs. NaN without blocks.
    """
    if len(blocks) == 0:
        return float("nan")
    first = np.append(0, np.flatnonzero(blocks[1:] != blocks[:-1]) + 1)
    sizes = np.diff(np.append(first, len(gaps)))
    picked = first + np.floor(np.random.default_rng(seed).random((DRAWS, len(first))) * sizes).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = gaps[picked].sum(axis=1) / weights[picked].sum(axis=1)
    drawn = drawn[np.isfinite(drawn)]
    # Sums in another order differ in the last digit; a tie is a tie.
    return float((1 + np.count_nonzero(drawn <= observed + 1e-9)) / (1 + len(drawn)))


def _masks() -> pl.DataFrame:
    """For d days of which r are labelled: every choice, as rows (days, labelled, labelling, position, is_labelled)."""
    rows = [
        (days, labelled, number, position, position in chosen)
        for days in range(2, MAXIMUM_DAYS + 1)
        for labelled in range(1, days)
        for number, chosen in enumerate(combinations(range(days), labelled))
        for position in range(days)
    ]
    columns = dict.fromkeys(("days", "labelled", "labelling", "position"), pl.Int64)
    return pl.DataFrame(rows, schema=columns | {"is_labelled": pl.Boolean}, orient="row")
