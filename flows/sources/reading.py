"""Reads landed pages of any source: what a page holds, as contract rows with a fate for every input row."""

from __future__ import annotations

import hashlib
from typing import Protocol

import polars as pl

from flows.errors import SourcePermanentError
from flows.settings import LiveSource, SourceSettings
from flows.sources import files, live
from transforms.staging.stage import MappingError, PageReference, StagedPage, stage_page


class PageReader(Protocol):
    """Reads the landed pages of one source."""

    def mapping_hash(self) -> str:
        """Identity of what decides how pages are read; pages staged with another one are staged again."""
        ...

    def stage(self, page: PageReference, payload: bytes, key: bytes) -> tuple[pl.DataFrame, StagedPage]:
        """A page's input rows as received, and what became of them. Raises SourcePermanentError for a bad page."""
        ...


class FileReader:
    """Reads pages of the files connector."""

    def __init__(self, source: SourceSettings) -> None:
        self._source = source

    def mapping_hash(self) -> str:
        """Hash of the whole mapping; where the file lies does not matter."""
        told = self._source.model_dump_json(exclude={"connector", "path"})
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def stage(self, page: PageReference, payload: bytes, key: bytes) -> tuple[pl.DataFrame, StagedPage]:
        """The page's rows as text columns, and what became of them."""
        raw = files.parse(payload, page.page_name, self._source)
        try:
            return raw, stage_page(raw, page, self._source, key)
        except MappingError as error:
            raise SourcePermanentError(str(error)) from error


def reader_of(source: SourceSettings | LiveSource) -> PageReader:
    """The reader of a source's pages."""
    return live.Reader(source) if isinstance(source, LiveSource) else FileReader(source)
