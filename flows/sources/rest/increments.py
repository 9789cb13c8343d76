"""Which part of an endpoint a night asks for, so that nothing is lost and little is asked twice.

The moments are parameters of the names given here. Those of `Since` and `Windows` may be a part of another parameter
instead: one of the endpoint's `params` such as `updated >= {since}` holds the bound `since`. They are written in UTC,
as `time_format` names or spells it (`%Y-%m-%d %H:%M`).

A *scope* is what one walk over the pages covers. Where a scope is complete in itself (a window of time, a snapshot)
what it no longer holds is gone at the vendor too; a stream or a watermark only ever adds and changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TimeFormat = Literal["iso", "iso_seconds", "unix", "unix_ms", "date"] | str


@dataclass(frozen=True)
class Stream:
    """The vendor keeps the place: the first walk begins at `start_param`, every later one at the last token."""

    start_param: str
    time_format: TimeFormat = "unix"


@dataclass(frozen=True)
class Since:
    """Everything changed since the walk before, less `overlap` for clocks and late commits; keys make it exact."""

    param: str
    overlap: dt.timedelta = dt.timedelta(hours=1)
    time_format: TimeFormat = "iso_seconds"


@dataclass(frozen=True)
class Windows:
    """Consecutive windows of `days` from the source's `start_on`, each read as a whole.

    Windows that ended less than the source's `reread_days` ago are read again every night: late rows, edits and
    deletions in them are seen. The last window ends now.
    """

    start_param: str
    end_param: str
    days: int = 7
    time_format: TimeFormat = "iso_seconds"

    def windows(self, start_on: dt.date, now: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """First and last moment (exclusive) of each window that has begun."""
        begins = dt.datetime.combine(start_on, dt.time(), dt.UTC)
        while begins < now:
            ends = begins + dt.timedelta(days=self.days)
            yield begins, ends
            begins = ends

    def bounds(self, begins: dt.datetime, ends: dt.datetime) -> dict[str, str]:
        """The parameters of a window."""
        return {
            self.start_param: written(begins, self.time_format),
            self.end_param: written(ends, self.time_format),
        }


@dataclass(frozen=True)
class Snapshot:
    """All of it, every night: users, groups, schedules. What is gone from it has left."""


Increment = Stream | Since | Windows | Snapshot


def replaces(increment: Increment) -> bool:
    """Whether a complete walk says everything about its scope: what it does not hold is gone."""
    return isinstance(increment, Windows | Snapshot)


def written(moment: dt.datetime, time_format: TimeFormat) -> str:
    """A moment as the vendor wants it in a parameter, in UTC."""
    utc = moment.astimezone(dt.UTC)
    if "%" in time_format:
        return utc.strftime(time_format)
    if time_format == "unix":
        return str(int(utc.timestamp()))
    if time_format == "unix_ms":
        return str(int(utc.timestamp() * 1000))
    if time_format == "date":
        return utc.date().isoformat()
    if time_format == "iso_seconds":
        return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    if time_format == "iso":
        return utc.isoformat()
    raise ValueError(f'no time format "{time_format}"')
