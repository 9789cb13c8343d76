"""Rules of tickets: what happens to a ticket happens after it was opened, and to a ticket that exists.

Exports round times to the minute, so one minute is forgiven.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts import STAGED
from transforms.facts.ticket_history import TICKET_KEY, of_tickets
from transforms.rows import is_among
from transforms.rules.declaration import Rule, Tables, judged, together

ROUNDING = pl.duration(minutes=1)


def _with_ticket(candidates: Tables, known: Tables, *columns: str) -> pl.LazyFrame:
    """Candidate events with `columns` of the ticket they are about (see `of_tickets`) and `has_ticket`."""
    events = candidates["ticket_event"].with_columns(pl.col("source").alias("event_source"))
    # A night's events are of few of all the tickets.
    is_named = is_among(events.select("ticket_id").collect().to_series())
    of_events = {name: rows.filter(is_named) for name, rows in _tickets(known).items()}
    named = together("ticket", _tickets(candidates), of_events).filter(is_named)
    feeding = pl.concat(rows.select("source") for side in (candidates, known) for rows in _tickets(side).values())
    # Two pages of one delivery may both hold the ticket; its newest version is the one that will stay.
    newest = named.sort("updated_at", nulls_last=False).unique(TICKET_KEY, keep="last", maintain_order=True)
    return (
        of_tickets(events, named, feeding=feeding)
        .join(newest.select(*TICKET_KEY, *columns, pl.lit(True).alias("has_ticket")), on=TICKET_KEY, how="left")
        .with_columns(pl.col("event_source").alias("source"))
    )


def _tickets(tables: Tables) -> dict[str, pl.LazyFrame]:
    return {"ticket": tables.get("ticket", STAGED["ticket"].create_empty().lazy())}


def _event_before_creation(candidates: Tables, known: Tables) -> pl.LazyFrame:
    created = pl.col("created_at")
    holds = created.is_null() | (pl.col("at") >= created - ROUNDING)
    return judged(_with_ticket(candidates, known, "created_at"), "ticket_event", holds)


def _reply_after_close(candidates: Tables, known: Tables) -> pl.LazyFrame:
    closed = pl.col("closed_at")
    holds = (pl.col("event_type") != "public_reply") | closed.is_null() | (pl.col("at") <= closed + ROUNDING)
    return judged(_with_ticket(candidates, known, "closed_at"), "ticket_event", holds)


def _event_of_unknown_ticket(candidates: Tables, known: Tables) -> pl.LazyFrame:
    return judged(_with_ticket(candidates, known), "ticket_event", pl.col("has_ticket"))


def _solved_before_created(candidates: Tables, known: Tables) -> pl.LazyFrame:
    earliest = pl.col("created_at") - ROUNDING
    holds = pl.all_horizontal(
        pl.col(column).is_null() | (pl.col(column) >= earliest) for column in ("solved_at", "closed_at")
    )
    return judged(candidates["ticket"], "ticket", holds)


RULES = (
    Rule(
        id="event_before_creation",
        table="ticket_event",
        severity="row",
        description="An event lies more than a minute before its ticket was created.",
        check=_event_before_creation,
    ),
    Rule(
        id="solved_before_created",
        table="ticket",
        severity="row",
        description="A ticket was solved or closed more than a minute before it was created.",
        check=_solved_before_created,
    ),
    Rule(
        id="reply_after_close",
        table="ticket_event",
        severity="warning",
        description="A public reply was written after its ticket was closed for good.",
        check=_reply_after_close,
    ),
    Rule(
        id="event_of_unknown_ticket",
        table="ticket_event",
        severity="warning",
        description="An event names a ticket that no source has delivered.",
        check=_event_of_unknown_ticket,
    ),
)
