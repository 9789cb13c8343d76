"""Reads landed pages of any source: what a page holds, as contract rows with a fate for every input row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import polars as pl

from flows.errors import SourcePermanentError
from flows.settings import LiveSource, Source, SourceSettings
from flows.sources import files, live
from transforms.staging.records import StagedPages, gathered
from transforms.staging.stage import MappingError, PageReference, stage_page

Page = tuple[PageReference, bytes]


class PageReader(Protocol):
    """Reads the landed pages of one source."""

    def mapping_hash(self) -> str:
        """Identity of what decides how pages are read; pages staged with another one are staged again."""
        ...

    def stage(self, pages: Sequence[Page], key: bytes) -> StagedPages:
        """What became of the input rows of pages. Raises SourcePermanentError for a page the mapping does not fit."""
        ...


class FileReader:
    """Reads pages of the files connector."""

    def __init__(self, source: SourceSettings) -> None:
        self._source = source

    def mapping_hash(self) -> str:
        """Hash of the whole mapping; where the file lies does not matter."""
        told = self._source.model_dump_json(exclude={"connector", "path"})
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def stage(self, pages: Sequence[Page], key: bytes) -> StagedPages:
        """Each page by itself: a row that two exports hold is staged from both, and the newer one wins in the lake."""
        return gathered([self._one(page, payload, key) for page, payload in pages])

    def _one(self, page: PageReference, payload: bytes, key: bytes) -> StagedPages:
        raw = files.parse(payload, page.page_name, self._source)
        try:
            staged = stage_page(raw, page, self._source, key)
        except MappingError as error:
            raise SourcePermanentError(str(error)) from error
        received = raw.select(
            pl.lit(page.source_page).alias("source_page"),
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("source_row"),
            pl.lit(page.page_name).alias("page_name"),
            pl.struct(pl.all()).alias("row"),
        )
        return StagedPages(staged.tables, staged.fates, staged.partial, [received])


def reader_of(source: Source) -> PageReader:
    """The reader of a source's pages."""
    return live.Reader(source) if isinstance(source, LiveSource) else FileReader(source)
