"""Which landed pages are staged together, and of what they say everything.

A file source is one batch. A live source is staged endpoint by endpoint, in batches of bounded size; pages of a
reading (a window, a snapshot) stay together, because what it does not hold is gone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from flows.lake import Lake
from flows.pipeline.pulling import TABLE
from flows.settings import Source, SourceSettings
from flows.sources.rest.declaration import Endpoint
from flows.sources.rest.increments import replaces
from flows.sources.rest.mappings import endpoints_of

BATCH_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Reading:
    """A walk that said everything about a scope: from `begins_at` to `ends_at`, or, with null there, all there is."""

    endpoint: str
    scope: str
    pages: tuple[str, ...]
    read_at: dt.datetime
    begins_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


@dataclass(frozen=True)
class Batch:
    """Pages (contract LandedPage) to be staged together; rows of outdated ones were told anew by a later reading."""

    pages: pl.DataFrame
    is_outdated: bool = False
    readings: tuple[Reading, ...] = ()


def batches_of(source: Source, lake: Lake, mapping_hash: str, again: bool) -> Iterator[Batch]:
    """What waits to be staged (everything that can be, with `again`), in the order in which it must be."""
    waiting = lake.landed(source.name) if again else lake.unstaged(source.name, mapping_hash)
    if isinstance(source, SourceSettings):
        if not waiting.is_empty():
            yield Batch(waiting)
        return
    for endpoint in endpoints_of(source):
        names = [endpoint.name, *(sub.name for sub in endpoint.of_each)]
        is_own = pl.col("page_name").str.split("/").list.first().is_in(names)
        if replaces(endpoint.increment):
            yield from _of_readings(source.name, endpoint, lake, waiting.filter(is_own), is_own)
        else:
            yield from (Batch(pages) for pages in _in_sizes(waiting.filter(is_own)))


def _of_readings(
    source: str, endpoint: Endpoint, lake: Lake, waiting: pl.DataFrame, is_own: pl.Expr
) -> Iterator[Batch]:
    """Complete readings that are not staged as they are; and before them, pages that no reading holds any more."""
    stored = lake.landed(source).filter(is_own)
    n_bytes = dict(stored.select("source_page", "n_bytes").iter_rows())
    cursors = lake.read(TABLE).filter(pl.col("source") == source, pl.col("endpoint") == endpoint.name).sort("scope")
    named = cursors["pages"].explode(empty_as_null=False).implode()
    forgotten = waiting.filter(~pl.col("source_page").is_in(named), ~pl.col("is_staged"))
    yield from (Batch(pages, is_outdated=True) for pages in _in_sizes(forgotten))
    unstaged, due = set(waiting["source_page"]), []
    for row in cursors.filter("is_complete").to_dicts():
        is_new = row["pages"] != row["staged_pages"] or unstaged.intersection(row["pages"])
        # A reading of which bytes were erased stays as it was staged.
        if is_new and n_bytes.keys() >= set(row["pages"]):
            begins_at = dt.datetime.fromisoformat(row["scope"]) if row["scope"] else None
            ends_at = row["covered_until"] if begins_at else None
            due.append(Reading(endpoint.name, row["scope"], tuple(row["pages"]), row["moved_at"], begins_at, ends_at))
    for readings in _gathered(due, n_bytes):
        pages = [page for reading in readings for page in reading.pages]
        yield Batch(stored.filter(pl.col("source_page").is_in(pages)), readings=tuple(readings))


def _in_sizes(pages: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pages in their order, as many at a time as memory should hold."""
    if pages.is_empty():
        return
    number = (pages["n_bytes"].cum_sum() - pages["n_bytes"]) // BATCH_BYTES
    yield from pages.with_columns(number.alias("batch")).partition_by("batch", include_key=False, maintain_order=True)


def _gathered(readings: list[Reading], n_bytes: dict[str, int]) -> Iterator[list[Reading]]:
    """Readings in their order, as many at a time as memory should hold; one at least."""
    gathered: list[Reading] = []
    size = 0
    for reading in readings:
        size += sum(n_bytes[page] for page in reading.pages)
        if gathered and size > BATCH_BYTES:
            yield gathered
            gathered, size = [], sum(n_bytes[page] for page in reading.pages)
        gathered.append(reading)
    if gathered:
        yield gathered
