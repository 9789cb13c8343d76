"""Landing of a live source: pages are stored as they come, and only then the cursor moves.

A run that is killed in between asks for the same pages again; they are known by their content, and land once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from flows.boundaries import passed
from flows.lake import Lake
from flows.lake.landing import page_id
from flows.settings import LiveSource
from flows.sources import live
from flows.sources.page import FetchedPage
from flows.sources.rest.declaration import Endpoint
from flows.sources.rest.increments import replaces
from flows.sources.rest.mappings import endpoints_of
from flows.sources.rest.pull import Cursor, Pull, Pulled
from transforms.contracts.state import SourceCursor

TABLE = "source_cursor"
# What is held in memory before it is stored. A kill costs as much to ask for again.
_PAGES_AT_ONCE = 64
_BYTES_AT_ONCE = 16 * 2**20


def pull(source: LiveSource, lake: Lake, landed_at: dt.datetime) -> int:
    """Pull every endpoint of a source as far as it goes; how many pages arrived.

    What has arrived is stored, whatever happens next: the errors of `flows.errors` are raised after that.
    """
    storing = _Storing(source.name, lake, landed_at)
    with live.opened(source) as walker:
        try:
            for endpoint in endpoints_of(source):
                cursors = storing.cursors(endpoint.name)
                for step in Pull(walker, endpoint, cursors, source.start_on, source.reread_days).steps():
                    storing.take(endpoint, step)
        finally:
            storing.store()
    return storing.n_pages


class _Storing:
    """Pages and cursors of one source on their way into the lake.

    A commit costs the same for one page as for many, and most endpoints have few of a night: they are stored together.
    """

    def __init__(self, source: str, lake: Lake, landed_at: dt.datetime) -> None:
        self.n_pages = 0
        self._source, self._lake, self._landed_at = source, lake, landed_at
        known = lake.read(TABLE).filter(pl.col("source") == source)
        self._rows = {(str(row["endpoint"]), str(row["scope"])): row for row in known.to_dicts()}
        self._moved: dict[tuple[str, str], Cursor] = {}
        self._pages: list[FetchedPage] = []

    def cursors(self, endpoint: str) -> Mapping[str, Cursor]:
        """Where the scopes of an endpoint stood before tonight."""
        return {
            scope: Cursor.of(scope, row["position"], row["covered_until"], row["is_complete"])
            for (name, scope), row in self._rows.items()
            if name == endpoint
        }

    def take(self, endpoint: Endpoint, step: Pulled) -> None:
        """Take what a step brought, and store what has gathered when it is enough."""
        place = endpoint.name, step.cursor.scope
        row = self._rows.setdefault(place, {"pages": [], "staged_pages": None})
        if replaces(endpoint.increment):
            told = [page_id(self._source, page.name, page.payload) for page in step.pages]
            row["pages"] = told if step.begins else [*row["pages"], *told]
        self._moved[place] = step.cursor
        self._pages.extend(step.pages)
        self.n_pages += len(step.pages)
        if len(self._pages) >= _PAGES_AT_ONCE or sum(len(page.payload) for page in self._pages) >= _BYTES_AT_ONCE:
            self.store()

    def store(self) -> None:
        """Land the pages, then move the cursors."""
        if not self._moved:
            return
        self._lake.land(self._source, ((page.name, page.payload) for page in self._pages), self._landed_at)
        passed(f"pages landed:{self._source}")
        rows = [self._row(*place, cursor) for place, cursor in self._moved.items()]
        self._lake.merge(TABLE, pl.DataFrame(rows, schema=_SCHEMA))
        passed(f"cursor moved:{self._source}")
        self._pages, self._moved = [], {}

    def _row(self, endpoint: str, scope: str, cursor: Cursor) -> dict[str, object]:
        kept = self._rows[endpoint, scope]
        return {
            "source": self._source,
            "endpoint": endpoint,
            "scope": scope,
            "position": cursor.position(),
            "covered_until": cursor.covered_until,
            "is_complete": cursor.is_complete,
            "pages": kept["pages"],
            "staged_pages": kept["staged_pages"],
            "moved_at": self._landed_at,
        }


_SCHEMA = SourceCursor.create_empty().schema
