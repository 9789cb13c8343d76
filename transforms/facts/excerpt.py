"""The rows of tickets that spans of days need: whole tickets, and witnesses of what is said about all of them.

Facts derived from an excerpt say the same about the days of its spans as facts derived from everything. A ticket is
taken with all its events and promises or not at all, and so are tickets that share its id, for rows of other sources
find a ticket by its id. What facts say about all tickets is shown by `witnesses.py`; whether a requester is new, by
the first ticket of each requester in the excerpt, its bare row. All other tables are small and stay whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from transforms.rows import is_among

Span = tuple[dt.date, dt.date]
OF_TICKETS = ("ticket", "ticket_event", "promise", "promise_event", "ticket_metric")
_ID = "ticket_id"
_TICKET_TIMES = ("created_at", "solved_at", "closed_at", "updated_at")
# What happens to a ticket, and what is asked and said about it.
_TIMES = {
    "ticket_event": ("at",),
    "promise": ("began_at", "target_at", "fulfilled_at", "closed_at"),
    "promise_event": ("at",),
    "survey_response": ("answered_at",),
    "invitation": ("sent_at",),
}


def excerpt(
    tables: Mapping[str, pl.LazyFrame], spans: Iterable[Span], witnesses: pl.DataFrame
) -> dict[str, pl.LazyFrame]:
    """`tables` (contract name to rows) with those of tickets reduced to what the days of `spans` need."""
    alive = _alive(tables, merged(spans))
    found = of_tickets(tables, alive, witnesses)
    # Of a first ticket outside of the spans nobody asks more than when it was opened.
    firsts = first_of_requesters(tables["ticket"], alive).collect()
    found["ticket"] = of_tickets(tables, pl.concat([alive, firsts]), witnesses)["ticket"]
    return found


def of_tickets(
    tables: Mapping[str, pl.LazyFrame], tickets: pl.DataFrame, witnesses: pl.DataFrame
) -> dict[str, pl.LazyFrame]:
    """`tables` with those of tickets reduced to the tickets named (ticket_id) and the witnesses."""
    # Two ranges: witnesses are among the first tickets of all, and between them and these lies nearly everything.
    named = is_among(tickets[_ID]) | is_among(witnesses[_ID])
    return dict(tables) | {name: tables[name].filter(named) for name in OF_TICKETS if name in tables}


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days in spans that neither meet nor overlap, in order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + dt.timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _alive(tables: Mapping[str, pl.LazyFrame], spans: Sequence[Span]) -> pl.DataFrame:
    """Tickets with a day of their life in a span; one that is not known to have ended lives on."""
    if not spans:
        return pl.DataFrame(schema={_ID: pl.String})
    # A day more on either side: midnight lies elsewhere in UTC.
    wide = [(first - dt.timedelta(days=1), last + dt.timedelta(days=1)) for first, last in spans]
    ended = pl.max_horizontal(_TICKET_TIMES).dt.date()
    is_open = pl.col("solved_at").is_null() & pl.col("closed_at").is_null()
    created = pl.col("created_at").dt.date()
    lives = pl.any_horizontal((created <= last) & (is_open | (ended >= first)) for first, last in wide)

    def happens(column: str) -> pl.Expr:
        return pl.any_horizontal(pl.col(column).dt.date().is_between(first, last) for first, last in wide)

    found = [tables["ticket"].filter(lives).select(_ID)]
    for name, columns in _TIMES.items():
        if name in tables:
            found += [tables[name].filter(happens(column)).select(_ID) for column in columns]
    return pl.concat(pl.collect_all(found)).drop_nulls().unique()


def first_of_requesters(tickets: pl.LazyFrame, alive: pl.DataFrame) -> pl.LazyFrame:
    """The first of `tickets`, deleted or not, of each requester of those `alive` (ticket_id): ticket_id."""
    known = tickets.filter(pl.col("requester_key").is_not_null())
    of_alive = known.filter(is_among(alive[_ID])).select("requester_key").unique()
    return (
        known.join(of_alive, on="requester_key", how="semi")
        .group_by("requester_key", "is_deleted")
        .agg(pl.col(_ID).get(pl.col("created_at").arg_min()))
        .select(_ID)
    )
