"""Stretches of a ticket's life: in each status, without an agent, and waiting for our reply; and how long they last.

A stretch belongs to one ticket and has a `kind`: a status at work (`new`, `open`, `pending`, `on_hold`),
`unassigned`, or `awaiting_reply`. From opening to its first change of status a ticket is `new`. The customer waits for
a reply from the opening, or from the first message after our last reply, until one of us replies in public.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.tickets import DONE_STATUSES
from transforms.facts.ticket_clock import TicketClock
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW

HUMAN_ROLES = ("agent", "unknown")  # a bot and the requester say what they are
WORKING_STATUSES = ("new", "open", "pending", "on_hold")
ENDED_STATUSES = (*DONE_STATUSES, "cancelled")
UNASSIGNED, AWAITING_REPLY = "unassigned", "awaiting_reply"
_CALENDAR, _BUSINESS = "_calendar_minutes", "_business_minutes"


def by_number(tickets: pl.DataFrame, clock: TicketClock) -> pl.DataFrame:
    """ticket_row, source, ticket_id, created_at of every ticket that has events."""
    return clock.numbered.join(tickets.select(*TICKET_KEY, "created_at"), on=TICKET_KEY)


def status_stretches(numbered: pl.DataFrame, timeline: pl.DataFrame) -> pl.DataFrame:
    """Time at work in each status: ticket_row, kind, began_at, ended_at (null for a status that still lasts).

    `numbered` is `by_number`, `timeline` is `ticket_history.statuses`: in order of ticket and time.
    """
    told = (
        timeline.lazy()
        .select(
            TICKET_ROW,
            pl.col("status").alias("kind"),
            pl.col("at").alias("began_at"),
            pl.when(_same_ticket(-1)).then(pl.col("at").shift(-1)).alias("ended_at"),
            (~_same_ticket(1)).fill_null(True).alias("is_first"),
        )
        .join(numbered.lazy().select(TICKET_ROW, "created_at"), on=TICKET_ROW, how="left", maintain_order="left")
    )
    before = told.filter("is_first").select(
        TICKET_ROW,
        pl.lit("new", dtype=pl.Categorical).alias("kind"),
        pl.col("created_at").alias("began_at"),
        pl.col("began_at").alias("ended_at"),
    )
    after = told.select(
        TICKET_ROW, "kind", pl.max_horizontal("began_at", "created_at").alias("began_at"), "ended_at"
    ).filter(pl.col("kind").is_in(WORKING_STATUSES))
    return _real(pl.concat([before, after])).collect()


def unassigned_stretches(numbered: pl.DataFrame, events: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    """Time in which nobody held the ticket, from its opening to its end (`ends`: ticket_row, ended_at).

    An `assignee` event without an agent says that nobody holds it; any event that names an agent says who does.
    """
    told = (
        events.lazy()
        .filter(pl.col("agent_key").is_not_null() | (pl.col("event_type") == "assignee"))
        .join(numbered.lazy().select(TICKET_ROW, "created_at"), on=TICKET_ROW, maintain_order="left")
        .select(TICKET_ROW, "agent_key", pl.max_horizontal("at", "created_at").alias("began_at"))
    )
    opened = numbered.lazy().select(
        TICKET_ROW, pl.lit(None, dtype=pl.Categorical).alias("agent_key"), pl.col("created_at").alias("began_at")
    )
    changes = (
        pl.concat([opened, told])
        .sort(TICKET_ROW, "began_at", maintain_order=True)
        .with_columns(pl.when(_same_ticket(-1)).then(pl.col("began_at").shift(-1)).alias("ended_at"))
    )
    return _real(
        changes.filter(pl.col("agent_key").is_null())
        .join(ends.lazy().rename({"ended_at": "life_ended_at"}), on=TICKET_ROW)
        .select(
            TICKET_ROW,
            pl.lit(UNASSIGNED, dtype=pl.Categorical).alias("kind"),
            "began_at",
            pl.min_horizontal(pl.col("ended_at").fill_null(pl.col("life_ended_at")), "life_ended_at").alias("ended_at"),
        )
    ).collect()


def reply_stretches(numbered: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Time the customer waited for each of our public replies; a wait that no reply has ended is left out."""
    said = (
        events.lazy()
        .filter((pl.col("event_type") == "public_reply") & (pl.col("actor_role") != "bot"))
        .join(numbered.lazy().select(TICKET_ROW, "created_at"), on=TICKET_ROW, maintain_order="left")
        .filter(pl.col("at") >= pl.col("created_at"))
        .select(TICKET_ROW, pl.col("at").alias("began_at"), pl.col("actor_role").is_in(HUMAN_ROLES).alias("is_ours"))
    )
    opened = numbered.lazy().select(TICKET_ROW, pl.col("created_at").alias("began_at"), pl.lit(False).alias("is_ours"))
    turns = (
        pl.concat([opened, said])
        .sort(TICKET_ROW, "began_at", maintain_order=True)
        .filter(~(_same_ticket(1) & (pl.col("is_ours") == pl.col("is_ours").shift())).fill_null(False))
        .with_columns(pl.when(_same_ticket(-1)).then(pl.col("began_at").shift(-1)).alias("ended_at"))
    )
    waits = turns.filter(~pl.col("is_ours") & pl.col("ended_at").is_not_null())
    return waits.select(
        TICKET_ROW, pl.lit(AWAITING_REPLY, dtype=pl.Categorical).alias("kind"), "began_at", "ended_at"
    ).collect()


def lasting(stretches: pl.DataFrame, clock: TicketClock) -> pl.DataFrame:
    """Minutes per ticket and kind, by the calendar and in business time; a stretch that still lasts is left out.

    Shape: ticket_row and `<kind>_calendar_minutes`, `<kind>_business_minutes` for every kind that may occur.
    """
    over = stretches.filter(pl.col("ended_at").is_not_null())
    timed = clock.with_minutes(over, "began_at", "ended_at", "business")
    elapsed = (pl.col("ended_at") - pl.col("began_at")).dt.total_microseconds() / 60_000_000
    kinds = (*WORKING_STATUSES, UNASSIGNED, AWAITING_REPLY)
    return (
        timed.lazy()
        .with_columns(elapsed.alias("calendar"))
        .group_by(TICKET_ROW)
        .agg(
            pl.col(clock).filter(pl.col("kind") == kind).sum().alias(f"{kind}{suffix}")
            for kind in kinds
            for clock, suffix in (("calendar", _CALENDAR), ("business", _BUSINESS))
        )
        .collect()
    )


def _real(stretches: pl.LazyFrame) -> pl.LazyFrame:
    """Without stretches that end before or when they begin (events a moment before the ticket)."""
    return stretches.filter(pl.col("ended_at").is_null() | (pl.col("ended_at") > pl.col("began_at")))


def _same_ticket(step: int) -> pl.Expr:
    return pl.col(TICKET_ROW) == pl.col(TICKET_ROW).shift(step)
