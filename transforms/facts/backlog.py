"""Open tickets at the end of each period, with the team and agent that held them then."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl

from transforms.contracts.tickets import DONE_STATUSES
from transforms.facts.context import Context
from transforms.facts.ticket_clock import TicketClock
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW, in_codes, in_texts, statuses
from transforms.facts.ticket_stretches import WORKING_STATUSES, by_number, status_stretches
from transforms.moments import MOMENT

_SETTLED = (*DONE_STATUSES, "cancelled")


def open_at_ends(
    tickets: pl.DataFrame,
    events: pl.DataFrame,
    stations: pl.DataFrame,
    ends: list[dt.date],
    *,
    context: Context,
    clock: TicketClock,
) -> pl.DataFrame:
    """One row per ticket open at the midnight that ends each day of `ends`: ticket key, end_on, org_unit_id, agent_key.

    `tickets` are the facts, `events` and `stations` those in codes. A ticket is open while its
    timeline shows it at work, and no longer than its source calls it open; without a timeline from its opening to its
    solve or close. One without a timeline that its source calls settled, but not since when, is left out. Deleted
    tickets are left out.
    """
    midnights = _midnights(ends, context)
    spans = _open_spans(tickets.filter(~pl.col("is_deleted")), events, clock)
    covered = pl.int_ranges(pl.col("first"), pl.col("last"))
    opened = (
        spans.with_columns(
            _midnights_up_to(spans["began_at"], midnights).alias("first"),
            # A span that lasts covers all of them.
            _midnights_up_to(spans["ended_at"], midnights).fill_null(len(midnights)).alias("last"),
        )
        .filter(pl.col("first") < pl.col("last"))
        .select(*TICKET_KEY, covered.alias("position"))
        .explode("position")
        .join(midnights.with_row_index("position").cast({"position": pl.Int64}), on="position")
        .unique([*TICKET_KEY, "end_on"])
    )
    seen_last = tickets.lazy().select(*TICKET_KEY, pl.col("agent_key").alias("agent_seen"), "has_events")
    known = opened.join(in_codes(seen_last).collect(), on=TICKET_KEY)
    held = _holder(_holder(known, stations, "team", "org_unit_id"), stations, "agent", "agent_key")
    seen = pl.when(~pl.col("has_events")).then("agent_seen")
    named = held.lazy().select(*TICKET_KEY, "end_on", "org_unit_id", pl.coalesce("agent_key", seen).alias("agent_key"))
    return in_texts(named).collect()


def _midnights(ends: list[dt.date], context: Context) -> pl.DataFrame:
    """The moments that end the days: end_on, midnight (UTC), in order."""
    zone = ZoneInfo(context.timezone)
    moments = [dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC) for day in ends]
    return pl.DataFrame([pl.Series("end_on", ends, dtype=pl.Date), pl.Series("midnight", moments, dtype=MOMENT)]).sort(
        "midnight"
    )


def _midnights_up_to(moments: pl.Series, midnights: pl.DataFrame) -> pl.Series:
    """How many midnights lie at or before each moment; null for null."""
    known = moments.fill_null(midnights["midnight"].max())
    found = midnights["midnight"].search_sorted(known, side="right").cast(pl.Int64)
    return pl.select(pl.when(moments.is_not_null()).then(found)).to_series()


def _open_spans(tickets: pl.DataFrame, events: pl.DataFrame, clock: TicketClock) -> pl.DataFrame:
    """Time in which each ticket was open: ticket key, began_at, ended_at (null while it lasts); in codes."""
    numbered = in_codes(by_number(tickets, clock).lazy()).collect()
    tickets = in_codes(
        tickets.lazy().select(*TICKET_KEY, "created_at", "solved_at", "closed_at", "status", "is_ended", "over_at")
    ).collect()
    known = numbered.select(TICKET_ROW, *TICKET_KEY).join(tickets.select(*TICKET_KEY, "over_at"), on=TICKET_KEY)
    told = status_stretches(numbered, statuses(events)).join(known, on=TICKET_ROW)
    untold = tickets.join(told.select(TICKET_KEY).unique(), on=TICKET_KEY, how="anti")
    ended_at = pl.coalesce("solved_at", "closed_at")
    is_settled = pl.col("status").is_in(_SETTLED).fill_null(False) | pl.col("is_ended")
    return pl.concat(
        [
            told.filter(pl.col("kind").is_in(WORKING_STATUSES)).select(
                *TICKET_KEY, "began_at", pl.coalesce("ended_at", "over_at").alias("ended_at")
            ),
            untold.filter(ended_at.is_not_null() | ~is_settled).select(
                *TICKET_KEY, pl.col("created_at").alias("began_at"), ended_at.alias("ended_at")
            ),
        ]
    )


def _holder(opened: pl.DataFrame, stations: pl.DataFrame, holder: str, column: str) -> pl.DataFrame:
    """Adds who held the ticket at the midnight: the last stay that began before it."""
    stays = (
        stations.filter(pl.col("holder") == holder)
        .select(*TICKET_KEY, column, pl.col("entered_at").alias("midnight"))
        .sort("midnight")
    )
    return opened.sort("midnight", *TICKET_KEY).join_asof(
        stays, on="midnight", by=list(TICKET_KEY), allow_exact_matches=False, check_sortedness=False
    )
