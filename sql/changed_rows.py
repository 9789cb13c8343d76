"""The rows of a large table that a night can have changed, in place of the whole table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class ChangedRows:
    """What becomes of a table that holds what run `since` published, or a later one that changed nothing beside it.

    `keys` (one column of the table, values distinct) names the rows that may differ, `rows` are all rows of these keys
    as they are now. `whole` makes the complete table, for a warehouse that holds something else.
    """

    since: str
    keys: pl.DataFrame
    rows: pl.DataFrame
    whole: Callable[[], pl.DataFrame]


Load = pl.DataFrame | ChangedRows


def whole(load: Load) -> pl.DataFrame:
    """The complete table."""
    return load.whole() if isinstance(load, ChangedRows) else load
