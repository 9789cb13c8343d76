"""Rows that say nothing new: exact copies, and older versions of the same key within one page."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.staging.mapping import SourceMapping
from transforms.staging.reading import FATES, ROW

_SURVEY_IDENTITIES = ("response_id", "respondent", "invitation_id")


def tells_rows_apart(mapping: SourceMapping) -> bool:
    """Whether two identical rows must be one thing said twice.

    Every grain has a key, except surveys whose answers carry neither an id nor a person: there, two equal rows are
    two people of one team who gave the same answer, and both count.
    """
    if mapping.kind != "survey":
        return True
    return any(name in mapping.columns for name in _SURVEY_IDENTITIES)


def exact_copies(raw: pl.DataFrame) -> pl.DataFrame:
    """Fates of the rows that equal an earlier row of the page in every column."""
    if raw.is_empty():
        return FATES.to_frame()
    numbered = raw.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW), pl.struct(raw.columns).alias("row"))
    # Hashes pick the few candidates; equality decides, so a collision of hashes loses no row.
    candidates = numbered.filter(raw.hash_rows().is_duplicated())
    copies = candidates.filter(~candidates["row"].is_first_distinct())
    return fates_of(copies, "exact_duplicate")


def newest(rows: pl.DataFrame, key: Sequence[str], order: Sequence[str] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The newest row of each key by `order`, then by row; and the fates of the others.

    Both come in the order of the page.
    """
    ordered = rows.sort(*order, ROW, nulls_last=False)
    is_newest = ordered.select(pl.struct(key).is_last_distinct()).to_series()
    return ordered.filter(is_newest).sort(ROW), fates_of(ordered.filter(~is_newest).sort(ROW), "older_version")


def fates_of(rows: pl.DataFrame, reason: str, column_name: str | None = None) -> pl.DataFrame:
    """One fate per row of `rows`, all for the same reason."""
    return rows.select(
        pl.col(ROW), pl.lit(reason).alias("reason"), pl.lit(column_name, dtype=pl.String).alias("column_name")
    )
