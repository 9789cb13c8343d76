"""Cells by number: grouping and sorting by one number costs a fraction of doing so by the columns of a cell's key."""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY

CELL = "cell"


def numbered(rows: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """`rows` with column `cell` beside their cell key, and the cells: one row per cell key with its number."""
    # Sorted, for the plan may be run more than once and a cell must keep its number.
    cells = rows.select(CELL_KEY).unique().sort(CELL_KEY).with_row_index(CELL)
    return rows.join(cells, on=CELL_KEY), cells
