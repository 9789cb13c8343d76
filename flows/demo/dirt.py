"""Dirty rows: a few mistakes per export, of the kinds that real exports have, so that quarantine has something to show.

Dirty rows are added; no row of the company is changed. A wrong row carries an id of its own, so that the ticket or
answer it was copied from stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from transforms.texts import filled

DUPLICATE = "exact_duplicate"
_SUPERSEDED, _QUARANTINED = "superseded", "quarantined"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """`rows` rows copied from the export, with the columns of `changes` set to what no system should have sent."""

    rule: str
    rows: int
    changes: dict[str, str | None] = field(default_factory=dict)
    key: str | None = None  # gets a new id
    only_where: tuple[str, str] | None = None  # (column, value) of the rows to copy
    blank: tuple[str, ...] = ()  # columns left empty

    @property
    def expected_fate(self) -> str:
        """What row accounting should say of these rows."""
        return _SUPERSEDED if self.rule == DUPLICATE else _QUARANTINED


def add_mistakes(rows: pl.DataFrame, mistakes: tuple[Mistake, ...]) -> pl.DataFrame:
    """`rows` (text, numbers and flags) followed by the dirty rows of each mistake."""
    return pl.concat([rows, *(_dirty(rows, mistake) for mistake in mistakes)])


def _dirty(rows: pl.DataFrame, mistake: Mistake) -> pl.DataFrame:
    source = rows
    if mistake.only_where is not None:
        column, value = mistake.only_where
        source = rows.filter(pl.col(column) == value)
    count = min(mistake.rows, source.height)
    # Spread over the export, away from its very first rows.
    picked = source[[(i + 1) * source.height // (count + 1) for i in range(count)]]
    changes = [pl.lit(value, dtype=rows.schema[name]).alias(name) for name, value in mistake.changes.items()]
    changes += [
        pl.lit(None, dtype=rows.schema[name]).alias(name) for name in mistake.blank if name not in mistake.changes
    ]
    if mistake.key is not None:
        number = pl.int_range(1, pl.len() + 1).cast(pl.String)
        changes.append(filled(f"dirty-{mistake.rule.replace('_', '-')}-{{}}", number).alias(mistake.key))
    return picked.with_columns(changes)


def duplicates(rows: int) -> Mistake:
    """Rows that an export repeats word for word."""
    return Mistake(rule=DUPLICATE, rows=rows)
