"""Records that feed several rows or tables: whatever became of its rows, a record has one fate."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.contracts.state import RowFate
from transforms.staging.duplicates import fates_of
from transforms.staging.outcome import PageReference, fate_frame
from transforms.staging.reading import ROW
from transforms.staging.stage import StagedPage

# Where a record's rows were not staged for several reasons, the one that a person should look at counts.
_WEIGHT = {"quarantined": 0, "unanswered": 1, "superseded": 2, "out_of_window": 3}


def together(
    staged: Sequence[tuple[StagedPage, pl.Series]], n_records: int, source: str, page: PageReference
) -> StagedPage:
    """One page out of what its records gave to several feeds.

    Each StagedPage comes with the record's number behind each of its rows; rows are renumbered to it. A record is
    staged when any of its rows is, and refused rows of it are `partial`. One that gave no row at all is out of scope.
    """
    tables: dict[str, list[pl.DataFrame]] = {}
    fates, partial = [], []
    for one, records in staged:
        for name, frame in one.tables.items():
            tables.setdefault(name, []).append(_renumbered(frame, records))
        fates.append(_renumbered(one.fates, records))
        partial.append(_renumbered(one.partial, records))
    by_table = {name: pl.concat(frames) for name, frames in tables.items()}
    alive = pl.concat([pl.DataFrame(schema={ROW: pl.Int64}), *(frame.select(ROW) for frame in by_table.values())])
    every = pl.concat([RowFate.create_empty(), *fates]).sort(
        ROW, pl.col("fate").replace_strict(_WEIGHT, return_dtype=pl.Int64), maintain_order=True
    )
    first = every.unique(ROW, keep="first", maintain_order=True)
    own = first.join(alive, on=ROW, how="anti", maintain_order="left")
    refused = first.join(alive, on=ROW, how="semi", maintain_order="left").filter(pl.col("fate") == "quarantined")
    partly = pl.concat([RowFate.create_empty(), *partial, refused.with_columns(pl.lit("staged").alias("fate"))])
    return StagedPage(
        tables=by_table,
        fates=pl.concat([own, _out_of_scope(n_records, alive, own, source, page)]).sort(ROW),
        partial=partly.unique(ROW, keep="first", maintain_order=True),
        n_rows=n_records,
    )


def _renumbered(frame: pl.DataFrame, records: pl.Series) -> pl.DataFrame:
    """`frame` with the record's number in place of the row's."""
    return frame.with_columns(records.gather(frame[ROW] - 1).alias(ROW))


def _out_of_scope(
    n_records: int, alive: pl.DataFrame, own: pl.DataFrame, source: str, page: PageReference
) -> pl.DataFrame:
    numbers = pl.DataFrame({ROW: pl.int_range(1, n_records + 1, dtype=pl.Int64, eager=True)})
    silent = numbers.join(alive, on=ROW, how="anti").join(own, on=ROW, how="anti")
    return fate_frame(fates_of(silent, "out_of_scope"), source, page)


def outdated(told: StagedPage, source: str, page: PageReference) -> StagedPage:
    """The page as one whose rows were all told anew by a later one: superseded, every one of them."""
    numbers = pl.DataFrame({ROW: pl.int_range(1, told.n_rows + 1, dtype=pl.Int64, eager=True)})
    fates = fate_frame(fates_of(numbers, "older_version"), source, page)
    return StagedPage(tables={}, fates=fates, partial=RowFate.create_empty(), n_rows=told.n_rows)
