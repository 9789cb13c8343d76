"""Ticket facts: one row per ticket with its durations, stations, reopens and windows.

A ticket without events (a snapshot) has null where only a timeline could know: null is honest, 0 would claim that
nothing happened.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.contracts.tickets import DONE_STATUSES
from transforms.facts.context import Context
from transforms.facts.endings import over_at
from transforms.facts.ticket_clock import TicketClock
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW, in_texts, statuses
from transforms.facts.ticket_measures import ONE_TOUCH_WINDOW_DAYS, measured
from transforms.facts.ticket_stretches import HUMAN_ROLES, WORKING_STATUSES, by_number
from transforms.moments import moment

REOPEN_WINDOW_DAYS = ONE_TOUCH_WINDOW_DAYS


def timelines(
    tables: Mapping[str, pl.LazyFrame],
    events: pl.DataFrame,
    stations: pl.DataFrame,
    context: Context,
    clock: TicketClock,
) -> pl.LazyFrame:
    """One row per ticket, from events and stations in codes: every column of FctTicket (see `measured`) but the name of
    the customer's organisation, and for the KPIs

    * `created_on`, `first_solved_on`, `done_on`: local days; `updated_at`
    * `has_events`, `has_reply_events` (its source records public replies at all)
    * `over_at`: since when its source calls it over (see `endings.py`), null while it is open
    * `censored_at`: until when an unanswered ticket has waited: its solve, close or end, else the night's midnight
    * `welcome_minutes`, `is_welcomed`: business minutes to the first public reply by a person, or to `censored_at`
    * `replied_org_unit_id`, `replied_agent_key`: who held it at that reply, else as last seen
    * `is_solved`, `done_at`: last solve (source's, else the timeline's, else the close), null unless solved now
    * `first_solved_at`, `first_solved_org_unit_id`, `first_solved_agent_key`: the first solve of the timeline
    * `reopened_at`: list of reopens; `is_reopened_14d`: one of them within 14 days of the solve before it
    * `is_ended`: solved, closed or cancelled as the timeline says; `assigned_at`: first event that names an agent
    * `replies_to_first_solve`: our public replies up to the first solve; `reask_cycles_to_first_solve` likewise
    """
    rows = tables["ticket"].unique(TICKET_KEY, keep="first", maintain_order=True)
    tickets = rows.with_columns(over_at(context.as_of).alias("over_at")).collect()
    numbered = by_number(tickets, clock)
    timeline = statuses(events)
    moved = _station_counts(stations)
    answered = tables["survey_response"].filter(pl.col("ticket_id").is_not_null() & pl.col("value").is_not_null())
    rated = answered.select("ticket_id").unique().collect()["ticket_id"]
    midnight = moment(context.as_of)
    joined = (
        tickets.join(numbered.drop("created_at"), on=TICKET_KEY, how="left")
        .join(_first_replies(numbered, events), on=TICKET_ROW, how="left")
        .join(moved, on=TICKET_ROW, how="left")
        .join(_status_counts(timeline), on=TICKET_ROW, how="left")
        .with_columns(
            pl.col("source").is_in(_sources_with_replies(events).implode()).alias("has_reply_events"),
            pl.col(TICKET_ROW).is_not_null().alias("has_events"),
            _is_answered(rated).alias("is_csat_answered"),
            _closed_at().alias("closed_at"),
            pl.coalesce("timeline_reopens", "reopen_count").alias("reopen_count"),
            _solved_at().alias("solved_at"),
        )
        .with_columns(
            pl.coalesce("last_is_done", pl.col("status").is_in(DONE_STATUSES), pl.col("solved_at").is_not_null()).alias(
                "is_done"
            )
        )
        .with_columns(
            pl.when("is_done").then(pl.coalesce("solved_at", "last_done_at", "closed_at")).alias("done_at"),
        )
        .with_columns(pl.coalesce("done_at", "closed_at", "over_at", midnight).alias("censored_at"))
        .with_columns(pl.coalesce("first_replied_at", "censored_at").alias("welcomed_at"))
    )
    return measured(_with_durations(joined, context, clock), events, timeline, context, clock).lazy()


def _with_durations(joined: pl.DataFrame, context: Context, clock: TicketClock) -> pl.DataFrame:
    timed = clock.with_minutes(joined, "created_at", "first_replied_at", "first_reply_business_minutes")
    timed = clock.with_minutes(timed, "created_at", "solved_at", "full_resolution_business_minutes")
    timed = clock.with_minutes(timed, "created_at", "welcomed_at", "welcome_minutes")
    welcomed = pl.col("first_replied_at").is_not_null()
    return timed.with_columns(
        _calendar_minutes("first_replied_at").alias("first_reply_calendar_minutes"),
        _calendar_minutes("solved_at").alias("full_resolution_calendar_minutes"),
        pl.when("has_reply_events").then("welcome_minutes").alias("welcome_minutes"),
        welcomed.alias("is_welcomed"),
        pl.coalesce("replied_org_unit_id", "org_unit_id").alias("replied_org_unit_id"),
        pl.when(welcomed).then("replied_agent_key").otherwise("agent_key").alias("replied_agent_key"),
        pl.coalesce("first_solved_org_unit_id", "org_unit_id").alias("first_solved_org_unit_id"),
        pl.coalesce("first_solved_agent_key", "agent_key").alias("first_solved_agent_key"),
        (pl.col("is_done") & pl.col("done_at").is_not_null()).alias("is_solved"),
        context.local_day(pl.col("created_at")).alias("created_on"),
        context.local_day(pl.col("first_solved_at")).alias("first_solved_on"),
        context.local_day(pl.col("done_at")).alias("done_on"),
    ).drop(
        "source_page",
        "source_row",
        "timeline_reopens",
        "last_is_done",
        "last_done_at",
        "last_closed_at",
        "is_done",
        "welcomed_at",
    )


def _is_answered(rated: pl.Series) -> pl.Expr:
    """Whether a survey was answered about the ticket; null where no survey knows of tickets."""
    return pl.col("ticket_id").is_in(rated.implode()) if len(rated) else pl.lit(None, dtype=pl.Boolean)


def _calendar_minutes(end: str) -> pl.Expr:
    elapsed = (pl.col(end) - pl.col("created_at")).dt.total_microseconds() / 60_000_000
    return pl.when(pl.col(end) >= pl.col("created_at")).then(elapsed)


def _solved_at() -> pl.Expr:
    """The source's own time of solving; the timeline's where the source never gives one."""
    derived = pl.when("last_is_done").then("last_done_at")
    return pl.when(pl.col("solved_at").is_not_null().any().over("source")).then("solved_at").otherwise(derived)


def _closed_at() -> pl.Expr:
    """The source's own time of closing; the timeline's where the source never gives one."""
    told = pl.col("closed_at").is_not_null().any().over("source")
    return pl.when(told).then("closed_at").otherwise("last_closed_at")


def _first_replies(numbered: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """First public reply by a person, not before the ticket: time, and who held the ticket then."""
    first = (
        events.lazy()
        .filter((pl.col("event_type") == "public_reply") & pl.col("actor_role").is_in(HUMAN_ROLES))
        .join(numbered.lazy().select(TICKET_ROW, "created_at"), on=TICKET_ROW, maintain_order="left")
        .filter(pl.col("at") >= pl.col("created_at"))
        # Events are in order of ticket and time.
        .unique(TICKET_ROW, keep="first", maintain_order=True)
    )
    return in_texts(
        first.select(
            TICKET_ROW,
            pl.col("at").alias("first_replied_at"),
            pl.col("org_unit_id").alias("replied_org_unit_id"),
            pl.coalesce("agent_key", "actor_key").alias("replied_agent_key"),
        )
    ).collect()


def _sources_with_replies(events: pl.DataFrame) -> pl.Series:
    replies = events.lazy().filter(pl.col("event_type") == "public_reply")
    return in_texts(replies.select("source").unique()).collect()["source"]


def _station_counts(visited: pl.DataFrame) -> pl.DataFrame:
    """Teams and agents that held a ticket with events, a return counted again; null where the timeline names none."""
    return (
        visited.filter("is_timeline")
        .group_by(TICKET_ROW)
        .agg(
            (pl.col("holder") == kind).sum().cast(pl.Int64).alias(f"{name}_stations").replace(0, None)
            for kind, name in (("team", "group"), ("agent", "assignee"))
        )
    )


def _status_counts(timeline: pl.DataFrame) -> pl.DataFrame:
    """What the status timeline of each ticket says: solves, reopens and questions back to the customer."""
    done, previous = pl.col("status").is_in(DONE_STATUSES), pl.col("previous_status")
    was_done = previous.is_in(DONE_STATUSES).fill_null(False)
    solving = done & ~was_done
    first_solve = pl.col("at").filter(solving).first()
    asked_again = (pl.col("status") == "open") & (previous == "pending")
    reopening = pl.col("status").is_in(WORKING_STATUSES) & (was_done | (pl.col("is_reopen_event") & previous.is_null()))
    solved_before = pl.when(solving).then("at").forward_fill().over(TICKET_ROW)
    soon = pl.col("at") - pl.col("solved_before") <= pl.duration(days=REOPEN_WINDOW_DAYS)
    counts = (
        timeline.lazy()
        .with_columns(
            solving.alias("is_solving"), reopening.alias("is_reopening"), solved_before.alias("solved_before")
        )
        .group_by(TICKET_ROW)
        .agg(
            first_solve.alias("first_solved_at"),
            pl.col("org_unit_id").filter("is_solving").first().alias("first_solved_org_unit_id"),
            pl.col("agent_key").filter("is_solving").first().alias("first_solved_agent_key"),
            pl.col("at").filter("is_solving").last().alias("last_done_at"),
            done.last().alias("last_is_done"),
            pl.when(pl.col("status").last() == "closed").then(pl.col("at").last()).alias("last_closed_at"),
            pl.col("at").filter("is_reopening").alias("reopened_at"),
            pl.col("is_reopening").sum().cast(pl.Int64).alias("timeline_reopens"),
            pl.col("is_solving").sum().cast(pl.Int64).alias("resolution_count"),
            (pl.col("is_reopening") & soon.fill_null(False)).any().alias("is_reopened_14d"),
            asked_again.sum().cast(pl.Int64).alias("reask_cycles"),
            (asked_again & (pl.col("at") <= first_solve)).sum().cast(pl.Int64).alias("reask_cycles_to_first_solve"),
        )
    )
    return in_texts(counts).collect()
