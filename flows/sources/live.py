"""Live sources: opening one, and reading its landed pages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl

from flows.errors import SourcePermanentError
from flows.settings import LiveSource
from flows.sources.connectors import connector
from flows.sources.rest.client import Client
from flows.sources.rest.credentials import secrets_of
from flows.sources.rest.declaration import Endpoint, SubEndpoint
from flows.sources.rest.mappings import RECORD, given_by, mappings_of, parts_of, rows_of
from flows.sources.rest.pace import pace_of
from flows.sources.rest.paging import ExportJob
from flows.sources.rest.refusal import refused
from flows.sources.rest.shape import records_in
from flows.sources.rest.walk import Walker
from transforms.staging.records import together
from transforms.staging.stage import MappingError, PageReference, StagedPage, stage_page


@contextmanager
def opened(source: LiveSource) -> Iterator[Walker]:
    """A walker of the source's system, with its credentials. Raises ConfigurationError where one is missing."""
    declared = connector(source.connector)
    given = given_by(source, declared)
    url = (source.url or declared.url).format_map(given)
    secrets = secrets_of(source.name, declared.auth)
    # One account, one budget, however many sources pull from it.
    with Client(source.name, url, declared.auth, secrets, pace_of(url, "account", declared.budget)) as client:
        yield Walker(client, given)


def endpoint_of(page_name: str) -> str:
    """The endpoint a landed page came from."""
    return page_name.partition("/")[0]


class Reader:
    """Reads a source's landed pages: the endpoints they came from, and what these mean."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.parts = parts_of(source)
        self.mappings = mappings_of(source)

    def mapping_hash(self) -> str:
        """Identity of everything that decides what a page gives; pages staged with another one are staged again."""
        told = [mapping.model_dump_json() for mappings in self.mappings.values() for mapping in mappings]
        version = str(connector(self.source.connector).version)
        return hashlib.sha256("\n".join([version, *told]).encode()).hexdigest()[:16]

    def stage(self, page: PageReference, payload: bytes, key: bytes) -> tuple[pl.DataFrame, StagedPage]:
        """A page's records, one row each, and what they give to every table their endpoint feeds.

        Raises SourcePermanentError for a page that is not what the connector says.
        """
        name = endpoint_of(page.page_name)
        if name not in self.parts:
            raise refused(self.source.name, page.page_name, "belongs to an endpoint that is no longer pulled")
        part = self.parts[name]
        records = _records(self.source, page, part, payload)
        context = {"source": self.source.name, **_told_by(page.page_name)}
        staged = []
        for feed, mapping in zip(part.feeds, self.mappings[name], strict=True):
            rows = rows_of(records, feed, context)
            try:
                told = stage_page(rows.drop(RECORD), page, mapping, key)
            except MappingError as error:
                raise SourcePermanentError(str(error)) from error
            staged.append((told, rows[RECORD]))
        return records, together(staged, records.height, self.source.name, page)


def _records(source: LiveSource, page: PageReference, part: Endpoint | SubEndpoint, payload: bytes) -> pl.DataFrame:
    if isinstance(part.paging, ExportJob) and page.page_name.lower().endswith(".csv"):
        read = pl.read_csv(payload, infer_schema=False)
        missing = [name for name in part.shape if name not in read.columns]
        return read.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing).select(list(part.shape))
    try:
        return records_in(payload, part.records, part.shape)
    except ValueError:
        raise refused(source.name, page.page_name, "is not JSON; pull it again") from None


def _told_by(page_name: str) -> Mapping[str, str]:
    """What a page's name says of all its records: `distribution_id=...`."""
    pairs = (part.partition("=") for part in page_name.split("/") if "=" in part)
    return {name: value for name, _, value in pairs}
