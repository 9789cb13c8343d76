"""A lake in a temporary folder, and rows of the contracts with only what matters said."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.lake import LAKE_TABLES, Lake

NIGHT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
_FILLERS: dict[type[pl.DataType], Any] = {
    pl.String: "x",
    pl.Int64: 1,
    pl.Float64: 0.0,
    pl.Boolean: False,
    pl.Date: NIGHT.date(),
    pl.Datetime: NIGHT,
    pl.List: [],
}
Rows = Callable[..., pl.DataFrame]


def rows_of(table: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a lake table; what a row leaves out is null, or a filler where null is not allowed."""
    columns = LAKE_TABLES[table].columns()
    filled = [
        {
            name: row.get(name, None if column.nullable else _FILLERS[type(column.dtype)])
            for name, column in columns.items()
        }
        for row in rows
    ]
    return pl.DataFrame(filled, schema={name: column.dtype for name, column in columns.items()}, orient="row")


@pytest.fixture
def rows() -> Rows:
    """The function `rows_of`."""
    return rows_of


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake that holds nothing yet."""
    return Lake(str(tmp_path / "lake"))
