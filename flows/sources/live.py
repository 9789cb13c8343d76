"""Live sources: opening one, and reading its landed pages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import polars as pl

from flows.errors import SourcePermanentError
from flows.settings import LiveSource
from flows.sources.connectors import connector
from flows.sources.rest.auth import Login
from flows.sources.rest.client import Client
from flows.sources.rest.credentials import secrets_of
from flows.sources.rest.declaration import RECORD, SOURCE, Endpoint, SubEndpoint, page_column
from flows.sources.rest.mappings import (
    fields_read,
    given_by,
    kept_in,
    mappings_of,
    parts_of,
    reasons_left_out,
    rows_of,
    shape_of,
    without_free,
)
from flows.sources.rest.pace import pace_of
from flows.sources.rest.page_names import endpoint_of, told_by
from flows.sources.rest.paging import ExportJob
from flows.sources.rest.refusal import refused
from flows.sources.rest.shape import records_in
from flows.sources.rest.walk import Walker
from transforms.staging.records import StagedPages, gathered, left_out, of_records
from transforms.staging.stage import MappingError, PageReference, stage_page
from transforms.staging.templates import exported_name


@contextmanager
def opened(source: LiveSource) -> Iterator[Walker]:
    """A walker of the source's system, with its credentials. Raises ConfigurationError where one is missing."""
    declared = connector(source.connector)
    given = given_by(source, declared)
    url = source.url or declared.url.format_map(given)
    auth = declared.auth
    if isinstance(auth, Login):
        auth = replace(auth, path=auth.path.format_map(given))
    # One account, one budget, however many sources pull from it.
    pace = pace_of(url, "account", declared.budget)
    with Client(source.name, url, auth, secrets_of(source.name, auth), pace) as client:
        yield Walker(client, given)


class Reader:
    """Reads a source's landed pages: the endpoints they came from, and what these mean."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.parts = parts_of(source)
        self.mappings = mappings_of(source)

    def mapping_hash(self) -> str:
        """Identity of everything that decides what a page gives; pages staged with another one are staged again."""
        told = [mapping.model_dump_json() for mappings in self.mappings.values() for mapping in mappings]
        told += [f"{name} keeps {', '.join(kept_in(self.source, name))}" for name in self.parts]
        version = str(connector(self.source.connector).version)
        return hashlib.sha256("\n".join([version, *told]).encode()).hexdigest()[:16]

    def stage(self, pages: Sequence[tuple[PageReference, bytes]], key: bytes) -> StagedPages:
        """What the pages' records give to every table that their endpoints feed.

        All pages of an endpoint are read as one: a record that was delivered twice is superseded the first time.
        Raises SourcePermanentError for a page that is not what the connector says.
        """
        by_endpoint: dict[str, list[tuple[PageReference, bytes]]] = {}
        for page, payload in pages:
            by_endpoint.setdefault(endpoint_of(page.page_name), []).append((page, payload))
        return gathered([self._endpoint(name, of_it, key) for name, of_it in by_endpoint.items()])

    def _endpoint(self, name: str, pages: Sequence[tuple[PageReference, bytes]], key: bytes) -> StagedPages:
        if name not in self.parts:
            raise refused(self.source.name, pages[0][0].page_name, "belongs to an endpoint that is no longer pulled")
        part = self.parts[name]
        records = [self._records(part, page, payload) for page, payload in pages]
        origins = _origins([page for page, _ in pages], [one.height for one in records])
        read = pl.concat(records)
        staged = []
        for feed, mapping in zip(part.feeds, self.mappings[name], strict=True):
            rows = rows_of(read, feed)
            reasons = reasons_left_out(rows, feed, kept_in(self.source, name))
            kept = rows.filter(reasons.is_null())
            try:
                told = stage_page(kept.drop(RECORD), PageReference("", name), mapping, key)
            except MappingError as error:
                raise SourcePermanentError(str(error)) from error
            staged.append((told, kept[RECORD]))
            staged.append((left_out(reasons, self.source.name), rows[RECORD]))
        fields = read.select(pl.struct(fields_read(part, self.mappings[name]).names()).alias("row"))
        return of_records(staged, origins.hstack(fields), self.source.name)

    def _records(self, part: Endpoint | SubEndpoint, page: PageReference, payload: bytes) -> pl.DataFrame:
        """The records of a page, with what its name says of all of them."""
        try:
            records = self._csv(payload, part) if _is_csv(part, page) else self._json(payload, part)
        except (ValueError, pl.exceptions.PolarsError):
            form = "CSV with the columns that are read" if _is_csv(part, page) else "JSON"
            raise refused(self.source.name, page.page_name, f"is not {form}; pull it again") from None
        told = told_by(page.page_name, part.of_record if isinstance(part, SubEndpoint) else ())
        context = {**{page_column(name): value for name, value in told.items()}, SOURCE: self.source.name}
        return records.with_columns(pl.lit(value).alias(name) for name, value in context.items())

    def _json(self, payload: bytes, part: Endpoint | SubEndpoint) -> pl.DataFrame:
        records = records_in(payload, part.records, shape_of(part, self.mappings[part.name]))
        return without_free(records, part)

    def _csv(self, payload: bytes, part: Endpoint | SubEndpoint) -> pl.DataFrame:
        """A line is a record, and flat: its columns are the fields, those of a free field beside the others."""
        fields = fields_read(part, self.mappings[part.name])
        read = pl.read_csv(payload, infer_schema=False)
        spelled = {name: exported_name(name, read.columns) for name in fields}
        # Another document, such as a page for people, is a table of one column, too.
        if lost := [name for name in part.shape if name in fields and spelled[name] is None]:
            raise ValueError(f"no column {', '.join(lost)}")
        return read.select(
            (pl.col(there) if there else pl.lit(None, dtype=pl.String)).alias(name) for name, there in spelled.items()
        )


def _origins(pages: Sequence[PageReference], n_records: Sequence[int]) -> pl.DataFrame:
    """Where the records of pages come from, one after the other: source_page, source_row, page_name."""
    rows = pl.int_ranges(1, pl.Series("n", n_records, dtype=pl.Int64) + 1, eager=True).alias("source_row")
    names = pl.DataFrame(
        [(page.source_page, page.page_name) for page in pages], ["source_page", "page_name"], orient="row"
    )
    named = names.select("source_page", rows, "page_name")
    return named.explode("source_row", empty_as_null=False)


def _is_csv(part: Endpoint | SubEndpoint, page: PageReference) -> bool:
    return isinstance(part.paging, ExportJob) and page.page_name.lower().endswith(".csv")
