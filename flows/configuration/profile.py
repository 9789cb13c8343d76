"""What the cells of an export's columns look like. Profiles hold shapes and counts; values only of short code lists."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from flows.configuration.vocabulary import NULL_MARKERS
from transforms.staging.casting import to_datetime

SAMPLE_ROWS = 2_000
_MOSTLY = 0.98
# Formats that are not ISO 8601, as chrono spells them. Day first comes before month first: where both fit, it is said.
DATETIME_FORMATS = (
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%d/%b/%y %I:%M %p",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
)
_BOOLEANS = {"true", "false", "t", "f", "yes", "no", "y", "n", "0", "1"}


@dataclass(frozen=True)
class ColumnProfile:
    """One column: how many rows are filled, how many values differ, and which types all of them would cast to.

    `formats` are the datetime formats that fit nearly all values; "" stands for ISO 8601.
    """

    name: str
    n_filled: int
    n_distinct: int
    is_whole: bool
    is_boolean: bool
    formats: tuple[str, ...]
    has_addresses: bool

    @property
    def is_code(self) -> bool:
        """Few values, each of them often: a list of codes and not people, ids or texts."""
        return 2 <= self.n_distinct <= 30 and self.n_filled >= 3 * self.n_distinct and not self.has_addresses


def null_markers(frame: pl.DataFrame) -> list[str]:
    """Spellings of `no value` that occur in the frame, of those exports commonly use."""
    counts = frame.select(pl.any_horizontal(pl.all() == marker).any().alias(marker) for marker in NULL_MARKERS)
    return [marker for marker in NULL_MARKERS if counts[marker].item()]


def profiles(frame: pl.DataFrame, markers: list[str]) -> dict[str, ColumnProfile]:
    """A profile per column of a frame of text columns; `markers` count as empty."""
    return {name: _profile(name, frame[name], markers) for name in frame.columns}


def values_of(column: pl.Series, markers: list[str]) -> pl.Series:
    """The different values of a column, most frequent first, without markers and blanks."""
    cells = column.str.strip_chars()
    cells = cells.filter(~cells.is_in(["", *markers])).drop_nulls()
    return cells.value_counts(sort=True, name="n").sort("n", column.name, descending=[True, False])[column.name]


def _profile(name: str, column: pl.Series, markers: list[str]) -> ColumnProfile:
    distinct = values_of(column, markers)
    sample = distinct.head(SAMPLE_ROWS)
    filled = column.len() - column.null_count() - int(column.str.strip_chars().is_in(markers).sum())
    return ColumnProfile(
        name=name,
        n_filled=filled,
        n_distinct=distinct.len(),
        is_whole=distinct.len() > 0 and bool(sample.str.contains(r"^[+-]?\d{1,18}(\.0)?$").all()),
        is_boolean=distinct.len() == 2 and set(sample.str.to_lowercase()) <= _BOOLEANS,
        formats=_formats(sample),
        has_addresses=bool(sample.str.contains("@").any()),
    )


def _formats(sample: pl.Series) -> tuple[str, ...]:
    """The formats nearly all of the sample reads as."""
    if not sample.len() or sample.str.contains(r"\d.*\d").mean() < _MOSTLY:  # type: ignore[operator]
        return ()
    cells = pl.DataFrame({"cell": sample})
    shares = cells.select(
        to_datetime(pl.col("cell"), "UTC", layout or None).value.is_not_null().mean().alias(layout)
        for layout in ("", *DATETIME_FORMATS)
    )
    return tuple(layout for layout in shares.columns if shares[layout].item() >= _MOSTLY)
