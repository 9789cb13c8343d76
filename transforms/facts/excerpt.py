"""The rows of tickets that spans of days need: whole tickets, and witnesses of what is said about all of them.

Facts derived from an excerpt say the same about the days of its spans as facts derived from everything. A ticket is
taken with all its events and promises or not at all, and so are tickets that share its id, for rows of other sources
find a ticket by its id. Some facts of a ticket look at all tickets; for each there is a *witness* that shows it:

* what a source records at all (replies, agents, pending, solve times ...): a ticket of the source that shows it
* since when a source, a team or the organisation has tickets: the first ticket
* whether a requester is new: the first ticket of each requester in the excerpt

All other tables are small and stay whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from transforms.facts.context import Context

Span = tuple[dt.date, dt.date]
OF_TICKETS = ("ticket", "ticket_event", "promise")
_ID = "ticket_id"
_TICKET_TIMES = ("created_at", "solved_at", "closed_at", "updated_at")
# What happens to a ticket, and what is asked and said about it.
_TIMES = {
    "ticket_event": ("at",),
    "promise": ("began_at", "target_at", "fulfilled_at", "closed_at"),
    "survey_response": ("answered_at",),
    "invitation": ("sent_at",),
}


def excerpt(tables: Mapping[str, pl.LazyFrame], spans: Iterable[Span], context: Context) -> dict[str, pl.LazyFrame]:
    """`tables` (contract name to rows) with those of tickets reduced to what the days of `spans` need."""
    ids = ticket_ids(tables, spans, context).lazy()
    return dict(tables) | {
        name: tables[name].join(ids, on=_ID, how="semi", maintain_order="left") for name in OF_TICKETS if name in tables
    }


def ticket_ids(tables: Mapping[str, pl.LazyFrame], spans: Iterable[Span], context: Context) -> pl.DataFrame:
    """Ids of the tickets of the excerpt (ticket_id): those alive in a span, and the witnesses."""
    alive = _alive(tables, merged(spans), context)
    witnesses = [*_of_sources(tables), *_firsts(tables), _first_of_requesters(tables["ticket"], alive)]
    return pl.concat([alive, *(found.collect() for found in witnesses)]).unique()


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days in spans that neither meet nor overlap, in order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + dt.timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _alive(tables: Mapping[str, pl.LazyFrame], spans: Sequence[Span], context: Context) -> pl.DataFrame:
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


def _of_sources(tables: Mapping[str, pl.LazyFrame]) -> list[pl.LazyFrame]:
    """A ticket per source and thing it records."""
    solved = tables["ticket"].filter(pl.col("solved_at").is_not_null())
    found = [_one(solved, ["source"])]
    if "ticket_event" in tables:
        is_status = pl.col("event_type") == "status"
        known = tables["ticket_event"].join(tables["ticket"].select(_ID).unique(), on=_ID, how="semi")
        kinds = known.with_columns(
            pl.when(is_status).then("value").alias("said"),
            pl.col("value").is_not_null().alias("has_value"),
            pl.col("agent_key").is_not_null().alias("has_agent"),
        )
        found.append(_one(kinds, ["source", "event_type", "said", "has_value", "has_agent"]))
    return found


def _one(rows: pl.LazyFrame, of: list[str]) -> pl.LazyFrame:
    return rows.group_by(of).agg(pl.col(_ID).min()).select(_ID)


def _firsts(tables: Mapping[str, pl.LazyFrame]) -> list[pl.LazyFrame]:
    """The first ticket of each source and team, deleted ones apart."""
    tickets = tables["ticket"]
    found = [_first(tickets, [*own, "is_deleted"], "created_at") for own in (["source"], ["org_unit_id"])]
    if "ticket_event" in tables:
        deleted = tickets.select(_ID, "is_deleted").unique(_ID, keep="any")
        held = tables["ticket_event"].filter(pl.col("org_unit_id").is_not_null()).join(deleted, on=_ID)
        found.append(_first(held, ["org_unit_id", "is_deleted"], "at"))
    return found


def _first_of_requesters(tickets: pl.LazyFrame, alive: pl.DataFrame) -> pl.LazyFrame:
    known = tickets.filter(pl.col("requester_key").is_not_null())
    of_alive = known.join(alive.lazy(), on=_ID, how="semi").select("requester_key").unique()
    return _first(known.join(of_alive, on="requester_key", how="semi"), ["requester_key", "is_deleted"], "created_at")


def _first(rows: pl.LazyFrame, of: list[str], at: str) -> pl.LazyFrame:
    return rows.group_by(of).agg(pl.col(_ID).get(pl.col(at).arg_min())).select(_ID)
