"""Records of several pages that feed rows of several tables: whatever became of its rows, a record has one fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.contracts.state import RowFate
from transforms.staging.duplicates import fates_of
from transforms.staging.outcome import PageReference, fate_frame
from transforms.staging.reading import ROW
from transforms.staging.stage import StagedPage

PAGE = "source_page"
_RECORD = [PAGE, ROW]
# Where a record's rows were not staged for several reasons, the one that a person should look at counts.
_WEIGHT = {"quarantined": 0, "unanswered": 1, "superseded": 2, "out_of_window": 3}


@dataclass(frozen=True)
class StagedPages:
    """Pages after staging: tables, fates and partial as of a StagedPage, all pages together.

    `received` holds the input rows as received, one frame for each form they come in: source_page, source_row,
    page_name and the fields.
    """

    tables: dict[str, pl.DataFrame]
    fates: pl.DataFrame
    partial: pl.DataFrame
    received: Sequence[pl.DataFrame]

    def n_rows(self) -> Mapping[str, int]:
        """Input rows by page; a page without any is left out."""
        pages = [frame.select(PAGE) for frame in self.received]
        return dict(pl.concat([pl.DataFrame(schema={PAGE: pl.String}), *pages]).group_by(PAGE).len().iter_rows())


def gathered(staged: Sequence[StagedPages]) -> StagedPages:
    """All of them as one."""
    names = dict.fromkeys(name for one in staged for name in one.tables)
    return StagedPages(
        tables={name: pl.concat([one.tables[name] for one in staged if name in one.tables]) for name in names},
        fates=pl.concat([RowFate.create_empty(), *(one.fates for one in staged)]),
        partial=pl.concat([RowFate.create_empty(), *(one.partial for one in staged)]),
        received=[frame for one in staged for frame in one.received],
    )


def of_records(staged: Sequence[tuple[StagedPage, pl.Series]], received: pl.DataFrame, source: str) -> StagedPages:
    """What the rows of `received` (source_page, source_row, page_name, fields) gave to several feeds.

    Each StagedPage comes with the position (from 1) in `received` of the record behind each of its rows. A record is
    staged when any of its rows is, and refused rows of it are `partial`. One that gave no row at all is out of scope.
    """
    origins = received.select(_RECORD)
    tables: dict[str, list[pl.DataFrame]] = {}
    fates: list[pl.DataFrame] = [RowFate.create_empty()]
    partial: list[pl.DataFrame] = [RowFate.create_empty()]
    for one, positions in staged:
        for name, frame in one.tables.items():
            tables.setdefault(name, []).append(_led_back(frame, positions, origins))
        fates.append(_led_back(one.fates, positions, origins))
        partial.append(_led_back(one.partial, positions, origins))
    by_table = {name: pl.concat(frames) for name, frames in tables.items()}
    alive = pl.concat([origins.clear(), *(frame.select(_RECORD) for frame in by_table.values())]).unique()
    weight = pl.col("fate").replace_strict(_WEIGHT, return_dtype=pl.Int64)
    first = pl.concat(fates).sort(*_RECORD, weight, maintain_order=True).unique(_RECORD, keep="first")
    refused = first.filter(pl.col("fate") == "quarantined").join(alive, on=_RECORD, how="semi")
    own = first.join(alive, on=_RECORD, how="anti")
    silent = origins.join(alive, on=_RECORD, how="anti").join(own, on=_RECORD, how="anti")
    parts = pl.concat([*partial, refused.with_columns(pl.lit("staged").alias("fate"))])
    return StagedPages(
        tables=by_table,
        fates=pl.concat([own, _all_of(silent, "out_of_scope", source)]).sort(_RECORD),
        partial=parts.unique(_RECORD, keep="first", maintain_order=True),
        received=[received],
    )


def outdated(staged: StagedPages, source: str) -> StagedPages:
    """The pages as ones whose rows were all told anew by later ones: superseded, every one of them."""
    fates = [_all_of(frame.select(_RECORD), "older_version", source) for frame in staged.received]
    empty = RowFate.create_empty()
    return StagedPages({}, pl.concat([empty, *fates]), empty, staged.received)


def _led_back(frame: pl.DataFrame, positions: pl.Series, origins: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the page and number of the record in place of the row's."""
    records = positions.gather(frame[ROW] - 1) - 1
    return frame.with_columns(origins[PAGE].gather(records), origins[ROW].gather(records))


def left_out(reasons: pl.Series, source: str) -> StagedPage:
    """What becomes of the rows that count for nothing, each for its reason; null is the reason of a row that counts."""
    numbered = pl.DataFrame({ROW: pl.int_range(1, reasons.len() + 1, dtype=pl.Int64, eager=True), "reason": reasons})
    fates = numbered.drop_nulls("reason").with_columns(pl.lit(None, dtype=pl.String).alias("column_name"))
    told = fate_frame(fates, source, PageReference("", ""))
    return StagedPage(tables={}, fates=told, partial=RowFate.create_empty(), n_rows=reasons.len())


def _all_of(records: pl.DataFrame, reason: str, source: str) -> pl.DataFrame:
    told = fate_frame(fates_of(records, reason), source, PageReference("", ""))
    return told.with_columns(records.sort(ROW, maintain_order=True)[PAGE])
