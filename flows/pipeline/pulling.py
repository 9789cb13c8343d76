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
    n_pages = 0
    with live.opened(source) as walker:
        for endpoint in endpoints_of(source):
            storing = _Storing(source, endpoint, lake, landed_at)
            pulling = Pull(walker, endpoint, storing.cursors(), source.start_on, source.reread_days)
            try:
                for step in pulling.steps():
                    storing.take(step)
            finally:
                storing.store()
            n_pages += storing.n_pages
    return n_pages


class _Storing:
    """Pages and cursors of one endpoint on their way into the lake."""

    def __init__(self, source: LiveSource, endpoint: Endpoint, lake: Lake, landed_at: dt.datetime) -> None:
        self.n_pages = 0
        self._source, self._endpoint, self._lake, self._landed_at = source.name, endpoint, lake, landed_at
        known = lake.read(TABLE).filter(pl.col("source") == source.name, pl.col("endpoint") == endpoint.name)
        self._rows = {str(row["scope"]): row for row in known.to_dicts()}
        self._moved: dict[str, Cursor] = {}
        self._pages: list[FetchedPage] = []

    def cursors(self) -> Mapping[str, Cursor]:
        """Where the scopes stood before tonight."""
        return {
            scope: Cursor.of(scope, row["position"], row["covered_until"], row["is_complete"])
            for scope, row in self._rows.items()
        }

    def take(self, step: Pulled) -> None:
        """Take what a step brought, and store what has gathered when it is enough."""
        scope = step.cursor.scope
        row = self._rows.setdefault(scope, {"pages": [], "staged_pages": None})
        if replaces(self._endpoint.increment):
            told = [page_id(self._source, page.name, page.payload) for page in step.pages]
            row["pages"] = told if step.begins else [*row["pages"], *told]
        self._moved[scope] = step.cursor
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
        self._lake.merge(TABLE, pl.DataFrame([self._row(cursor) for cursor in self._moved.values()], schema=_SCHEMA))
        passed(f"cursor moved:{self._source}")
        self._pages, self._moved = [], {}

    def _row(self, cursor: Cursor) -> dict[str, object]:
        kept = self._rows[cursor.scope]
        return {
            "source": self._source,
            "endpoint": self._endpoint.name,
            "scope": cursor.scope,
            "position": cursor.position(),
            "covered_until": cursor.covered_until,
            "is_complete": cursor.is_complete,
            "pages": kept["pages"],
            "staged_pages": kept["staged_pages"],
            "moved_at": self._landed_at,
        }


_SCHEMA = SourceCursor.create_empty().schema
