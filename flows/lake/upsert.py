"""Decides which incoming rows change a stored table; a table that nothing changes gets no new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

# Where and when a row came from. A row that says the same again keeps the page and the run that said it first.
PROVENANCE = ("source_page", "source_row", "run_id", "as_of", "quarantined_at", "recorded_at")
_STORED = "__stored"


@dataclass(frozen=True)
class Merged:
    """What a merge did to its incoming rows; repeated keys among them count once."""

    inserted: int
    updated: int
    unchanged: int
    outdated: int

    @property
    def changed(self) -> int:
        """Rows written."""
        return self.inserted + self.updated


def latest_rows(incoming: pl.DataFrame, key: Sequence[str], newest_by: str | None) -> pl.DataFrame:
    """One row of `incoming` per key: the one with the greatest `newest_by`, and among equals the last."""
    if newest_by is not None:
        incoming = incoming.sort(newest_by, nulls_last=False, maintain_order=True)
    return incoming.unique(key, keep="last", maintain_order=True)


def changed_rows(
    latest: pl.DataFrame, stored: pl.LazyFrame, key: Sequence[str], newest_by: str | None
) -> tuple[pl.DataFrame, Merged]:
    """The rows of `latest` that are new or differ from the stored row of the same key, and what became of all.

    A stored row with a greater `newest_by` stays; with an equal one the incoming row wins, so that a corrected mapping
    can replace what an earlier one made of the same version. Columns of provenance alone make no difference.
    """
    compared = [name for name in latest.columns if name not in key and name not in PROVENANCE]
    marker = f"is{_STORED}"
    judged = (
        latest.lazy()
        .join(
            stored.select(*key, *(pl.col(name).alias(name + _STORED) for name in compared), pl.lit(True).alias(marker)),
            on=list(key),
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.col(marker).fill_null(False),
            pl.any_horizontal(
                pl.lit(False), *(pl.col(name).ne_missing(pl.col(name + _STORED)) for name in compared)
            ).alias("differs"),
            _is_outdated(newest_by).alias("is_outdated"),
        )
        .collect()
    )
    is_new, is_update = ~pl.col(marker), pl.col(marker) & pl.col("differs") & ~pl.col("is_outdated")
    counts = judged.select(
        inserted=is_new.sum(),
        updated=is_update.sum(),
        unchanged=(pl.col(marker) & ~pl.col("differs")).sum(),
        outdated=(pl.col(marker) & pl.col("differs") & pl.col("is_outdated")).sum(),
    ).row(0, named=True)
    return judged.filter(is_new | is_update).select(latest.columns), Merged(**counts)


def says_the_same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Both hold the same rows, in any order, provenance aside."""

    def content(frame: pl.DataFrame) -> pl.Series:
        return frame.drop(PROVENANCE, strict=False).hash_rows().sort()

    return one.height == other.height and content(one).equals(content(other))


def _is_outdated(newest_by: str | None) -> pl.Expr:
    if newest_by is None:
        return pl.lit(False)
    stored = pl.col(newest_by + _STORED)
    return (stored.is_not_null() & (pl.col(newest_by).is_null() | (pl.col(newest_by) < stored))).fill_null(False)
