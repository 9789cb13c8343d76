"""One night's pull of an endpoint: which walks it takes, where each goes on, and how far it has come.

What is yielded is landed first and remembered second, so a pull that dies anywhere asks again for what it is not sure
of, and for no more.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flows.sources.page import FetchedPage
from flows.sources.rest.declaration import Endpoint
from flows.sources.rest.increments import Since, Snapshot, Stream, TimeFormat, Windows, written
from flows.sources.rest.paging import ExportJob, Position
from flows.sources.rest.refusal import unanswered
from flows.sources.rest.walk import ShiftedError, Walker

# A reading that was interrupted longer ago than this begins again: the pages it has would be of another day.
READING_LASTS = dt.timedelta(hours=12)
_SHIFTS = 5


@dataclass(frozen=True)
class Cursor:
    """How far a scope of an endpoint has been pulled.

    `under_way` is where its walk goes on, `bounds` the walk's parameters, `reaches` the moment up to which it will have
    told everything; `covered_until` is that of the last walk that came to its end.
    """

    began_at: dt.datetime
    reaches: dt.datetime
    scope: str = ""
    under_way: Position | None = None
    n_pages: int = 0
    tail: str | None = None
    bounds: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = False
    covered_until: dt.datetime | None = None

    def position(self) -> str:
        """Everything a walk needs to go on, as JSON."""
        kept = {"at": self.under_way, "n": self.n_pages, "tail": self.tail, "bounds": dict(self.bounds)}
        return json.dumps({**kept, "began_at": self.began_at.isoformat(), "reaches": self.reaches.isoformat()})

    @classmethod
    def of(cls, scope: str, position: str, covered_until: dt.datetime | None, is_complete: bool) -> Cursor:
        """The cursor whose position was kept."""
        told = json.loads(position)
        began_at, reaches = (dt.datetime.fromisoformat(told[name]) for name in ("began_at", "reaches"))
        walk = (told["at"], told["n"], told["tail"], told["bounds"])
        return cls(began_at, reaches, scope, *walk, is_complete=is_complete, covered_until=covered_until)


@dataclass(frozen=True)
class Pulled:
    """What a step brought, and where the scope stands after it. `begins`: the first step of a walk."""

    pages: tuple[FetchedPage, ...]
    cursor: Cursor
    begins: bool


@dataclass(frozen=True)
class Pull:
    """The pull of one endpoint. `cursors` are those of earlier nights by scope."""

    walker: Walker
    endpoint: Endpoint
    cursors: Mapping[str, Cursor]
    start_on: dt.date
    reread_days: int

    def steps(self) -> Iterator[Pulled]:
        """Every step of tonight, in order."""
        increment, now = self.endpoint.increment, self.walker.client.now()
        if isinstance(increment, Windows):
            yield from self._windows(increment, now)
        elif isinstance(increment, Snapshot):
            yield from self._reading(Cursor(now, now), self.endpoint.name)
        else:
            cursor = self._stream(increment, now) if isinstance(increment, Stream) else self._since(increment, now)
            since = "".join(f"/since={bound}" for bound in cursor.bounds.values())
            yield from self._walk(cursor, self.endpoint.name + since, begins=False)

    def probe(self) -> int | None:
        """Records on the first page that a first night would ask for; None where that would start an export."""
        increment, now = self.endpoint.increment, self.walker.client.now()
        if isinstance(self.endpoint.paging, ExportJob):
            return None
        bounds: Mapping[str, str] = {}
        position = None
        if isinstance(increment, Windows):
            begins, ends = next(iter(increment.windows(self.start_on, now)))
            bounds = increment.bounds(begins, min(ends, now))
        elif isinstance(increment, Stream):
            position = self._stream(increment, now).under_way
        elif isinstance(increment, Since):
            bounds = self._since(increment, now).bounds
        return self.walker.probe(self.endpoint, bounds, position)

    def _stream(self, increment: Stream, now: dt.datetime) -> Cursor:
        if known := self.cursors.get(""):
            return replace(known, began_at=now, reaches=now, is_complete=False)
        start = {increment.start_param: self._start(increment.time_format)}
        return Cursor(now, now, under_way={**self.endpoint.paging.first(), **start})

    def _since(self, increment: Since, now: dt.datetime) -> Cursor:
        known = self.cursors.get("")
        if known and not known.is_complete:
            return known
        covered = known.covered_until if known else None
        start = written(covered - increment.overlap, increment.time_format) if covered else None
        bounds = {increment.param: start or self._start(increment.time_format)}
        return Cursor(now, now, bounds=bounds, covered_until=covered)

    def _windows(self, increment: Windows, now: dt.datetime) -> Iterator[Pulled]:
        reread_from = now - dt.timedelta(days=self.reread_days)
        for begins, ends in increment.windows(self.start_on, now):
            scope, until = written(begins, "iso_seconds"), min(ends, now)
            known = self.cursors.get(scope)
            if known and known.is_complete and known.reaches >= ends and ends <= reread_from:
                continue
            bounds = increment.bounds(begins, until)
            yield from self._reading(Cursor(now, until, scope, bounds=bounds), f"{self.endpoint.name}/from={scope}")

    def _reading(self, fresh: Cursor, place: str) -> Iterator[Pulled]:
        """A walk that says everything about its scope; begun again when rows move under it."""
        known = self.cursors.get(fresh.scope)
        goes_on = known and not known.is_complete and fresh.began_at - known.began_at < READING_LASTS
        cursor = known if known and goes_on else fresh
        for _ in range(_SHIFTS):
            try:
                yield from self._walk(cursor, place, begins=cursor.n_pages == 0)
                return
            except ShiftedError:
                cursor = fresh
        rule = f"rows came and went while its pages were read, {_SHIFTS} times"
        raise unanswered(self.walker.client.source, self.endpoint.name, rule)

    def _walk(self, cursor: Cursor, place: str, *, begins: bool) -> Iterator[Pulled]:
        """Steps from where the cursor stands to the end of the walk."""
        is_stream = isinstance(self.endpoint.increment, Stream)
        has_more = True
        while has_more:
            name = f"{place}/{cursor.n_pages + 1:06d}"
            step = self.walker.step(self.endpoint, cursor.bounds, name, cursor.under_way, cursor.tail)
            has_more = step.has_more
            cursor = replace(
                cursor,
                under_way=step.position if has_more or is_stream else None,
                n_pages=cursor.n_pages + 1,
                tail=step.tail if has_more else None,
                is_complete=not has_more,
                covered_until=cursor.covered_until if has_more else cursor.reaches,
            )
            yield Pulled(step.pages, cursor, begins)
            begins = False

    def _start(self, time_format: TimeFormat) -> str:
        return written(dt.datetime.combine(self.start_on, dt.time(), dt.UTC), time_format)
