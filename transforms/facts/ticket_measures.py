"""Measures of a ticket: how long it waited for whom, how often it was answered, and why a measure is not known.

Nothing is 0 because nobody recorded it. A duration of a whole life (waits, work, hold) is known once the life has
ended, a status that its source never shows was not measured, and `missing_reason` says which of these it was.
"""

from __future__ import annotations

import polars as pl

from transforms.facts.context import Context
from transforms.facts.ticket_clock import TicketClock
from transforms.facts.ticket_history import TICKET_ROW, in_texts
from transforms.facts.ticket_stretches import (
    AWAITING_REPLY,
    ENDED_STATUSES,
    HUMAN_ROLES,
    UNASSIGNED,
    WORKING_STATUSES,
    by_number,
    lasting,
    reply_stretches,
    status_stretches,
    unassigned_stretches,
)
from transforms.moments import moment

ONE_TOUCH_WINDOW_DAYS = 14
CLOCK_SUFFIXES = ("calendar_minutes", "business_minutes")
# Sums of fractions differ in their last digits with the order of threads.
_DIGITS = 6


def measured(
    tickets: pl.DataFrame, events: pl.DataFrame, timeline: pl.DataFrame, context: Context, clock: TicketClock
) -> pl.DataFrame:
    """`tickets` (one row per ticket, as `timelines` has joined them) with every measure of FctTicket.

    `events` are those of `events_of_tickets`, `timeline` their `statuses`; `ticket_row` of `tickets` is dropped.

    Adds assigned_at and, in calendar and business minutes, total_reply, first_resolution, requester_wait, agent_wait,
    agent_work, on_hold, first_assignment_to_resolution and unassigned; resolution_count is expected. Adds also the
    reply counts, is_one_touch, is_reopened_now, is_ended and missing_reason.
    """
    numbered = by_number(tickets, clock)
    ends = _ends(timeline)
    over = lasting(
        pl.concat(
            frame.select(TICKET_ROW, "kind", "began_at", "ended_at")
            for frame in (
                status_stretches(numbered, timeline),
                unassigned_stretches(numbered, events, ends),
                reply_stretches(numbered, events),
            )
        ),
        clock,
    )
    by_ticket = (
        numbered.lazy()
        .select(TICKET_ROW)
        .join(over.lazy(), on=TICKET_ROW, how="left")
        .join(ends.lazy().select(TICKET_ROW, pl.lit(True).alias("is_ended")), on=TICKET_ROW, how="left")
        .join(_replies(events, timeline).lazy(), on=TICKET_ROW, how="left")
        .join(_first_assigned(events).lazy(), on=TICKET_ROW, how="left")
        .join(_oddities(events, timeline).lazy(), on=TICKET_ROW, how="left")
        .collect()
    )
    joined = tickets.join(by_ticket, on=TICKET_ROW, how="left").with_columns(
        pl.col("is_ended", "is_merged").fill_null(False),
        pl.coalesce("is_closed_unsolved", (pl.col("status") == "closed") & pl.col("solved_at").is_null()),
        *_shown_by_source(events, timeline),
    )
    return _explained(_flagged(_timed(_known(joined), clock), context))


def _ends(timeline: pl.DataFrame) -> pl.DataFrame:
    """Tickets whose last status ends them, and when the life at work ended: ticket_row, ended_at."""
    was_at_work = pl.col("previous_status").is_null() | pl.col("previous_status").is_in(WORKING_STATUSES)
    return (
        timeline.lazy()
        .group_by(TICKET_ROW)
        .agg(
            pl.col("status").last(),
            pl.col("at").filter(pl.col("status").is_in(ENDED_STATUSES) & was_at_work).last().alias("ended_at"),
        )
        .filter(pl.col("status").is_in(ENDED_STATUSES))
        .select(TICKET_ROW, "ended_at")
        .collect()
    )


def _replies(events: pl.DataFrame, timeline: pl.DataFrame) -> pl.DataFrame:
    """Replies per ticket, and our public ones up to the first solve: those of the same moment led to it."""
    is_solve = pl.col("status").is_in(("solved", "closed"))
    solves = timeline.lazy().filter(is_solve).group_by(TICKET_ROW).agg(pl.col("at").first().alias("solve_at"))
    public = pl.col("event_type") == "public_reply"
    ours = pl.col("actor_role").is_in(HUMAN_ROLES)
    return (
        events.lazy()
        .filter(public | (pl.col("event_type") == "private_note"))
        .join(solves, on=TICKET_ROW, how="left")
        .group_by(TICKET_ROW)
        .agg(
            ours.sum().cast(pl.Int64).alias("agent_reply_count"),
            (ours & public).sum().cast(pl.Int64).alias("public_agent_reply_count"),
            (public & (pl.col("actor_role") == "requester")).sum().cast(pl.Int64).alias("requester_reply_count"),
            (ours & public & (pl.col("at") <= pl.col("solve_at")).fill_null(False))
            .sum()
            .cast(pl.Int64)
            .alias("replies_to_first_solve"),
        )
        .collect()
    )


def _first_assigned(events: pl.DataFrame) -> pl.DataFrame:
    named = events.lazy().filter(pl.col("agent_key").is_not_null())
    return named.group_by(TICKET_ROW).agg(pl.col("at").min().alias("assigned_at")).collect()


def _oddities(events: pl.DataFrame, timeline: pl.DataFrame) -> pl.DataFrame:
    """Tickets with events: whether one was merged into another, and whether it was closed and never solved."""
    merged = events.lazy().group_by(TICKET_ROW).agg((pl.col("event_type") == "merge").any().alias("is_merged"))
    status = pl.col("status")
    closed = (status == "closed").any() & ~(status == "solved").any()
    told = timeline.lazy().group_by(TICKET_ROW).agg(closed.alias("is_closed_unsolved"))
    return merged.join(told, on=TICKET_ROW, how="left").collect()


def _shown_by_source(events: pl.DataFrame, timeline: pl.DataFrame) -> list[pl.Expr]:
    """What the source of a ticket records at all: agents, and the statuses of waiting."""

    def among(rows: pl.LazyFrame, alias: str) -> pl.Expr:
        sources = in_texts(rows.select("source").unique()).collect()["source"]
        return pl.col("source").is_in(sources.implode()).alias(alias)

    return [
        among(events.lazy().filter(pl.col("agent_key").is_not_null()), "source_names_agents"),
        *(
            among(timeline.lazy().filter(pl.col("status") == status), f"source_shows_{status}")
            for status in ("pending", "on_hold")
        ),
    ]


def _known(joined: pl.DataFrame) -> pl.DataFrame:
    """Sums of stretches as measures: null unless the life has ended and the source shows what is measured."""
    has_timeline = pl.col("resolution_count").is_not_null()
    counted = pl.col("has_events") & pl.col("has_reply_events")
    columns = []
    for suffix in CLOCK_SUFFIXES:
        new, opened, pending, on_hold = (pl.col(f"{status}_{suffix}").fill_null(0.0) for status in WORKING_STATUSES)
        measures = {
            "requester_wait": (new + opened + on_hold, has_timeline),
            "agent_wait": (pending, has_timeline & pl.col("source_shows_pending")),
            "agent_work": (new + opened, has_timeline),
            "on_hold": (on_hold, has_timeline & pl.col("source_shows_on_hold")),
            "unassigned": (pl.col(f"{UNASSIGNED}_{suffix}").fill_null(0.0), pl.col("source_names_agents")),
        }
        columns += [
            pl.when(pl.col("is_ended") & is_known).then(minutes.round(_DIGITS)).alias(f"{name}_{suffix}")
            for name, (minutes, is_known) in measures.items()
        ]
        was_answered = counted & pl.col("first_replied_at").is_not_null()
        total = pl.col(f"{AWAITING_REPLY}_{suffix}").fill_null(0.0).round(_DIGITS)
        columns.append(pl.when(was_answered).then(total).alias(f"total_reply_{suffix}"))
    counts = ("agent_reply_count", "public_agent_reply_count", "requester_reply_count", "replies_to_first_solve")
    columns += [pl.when(counted).then(pl.col(name).fill_null(0)).alias(name) for name in counts]
    dropped = [f"{kind}_{suffix}" for kind in ("new", "open", "pending", AWAITING_REPLY) for suffix in CLOCK_SUFFIXES]
    return joined.with_columns(columns).drop(dropped)


def _timed(known: pl.DataFrame, clock: TicketClock) -> pl.DataFrame:
    """Adds durations between two moments: first resolution, and first assignment to last solve."""
    # Without a timeline a ticket that was never reopened was solved once.
    solved_once = pl.col("resolution_count").is_null() & (pl.col("reopen_count") == 0)
    told = known.with_columns(
        pl.coalesce("first_solved_at", pl.when(solved_once).then("solved_at")).alias("first_solve_at")
    )
    spans = {"first_resolution": ("created_at", "first_solve_at")}
    spans["first_assignment_to_resolution"] = ("assigned_at", "solved_at")
    for name, (start, end) in spans.items():
        told = clock.with_minutes(told, start, end, f"{name}_business_minutes")
        elapsed = (pl.col(end) - pl.col(start)).dt.total_microseconds() / 60_000_000
        in_order = pl.col(end) >= pl.col(start)
        told = told.with_columns(pl.when(in_order).then(elapsed).alias(f"{name}_calendar_minutes"))
    return told


def _flagged(timed: pl.DataFrame, context: Context) -> pl.DataFrame:
    midnight = moment(context.as_of)
    first = pl.col("first_solved_at")
    ripe = first + pl.duration(days=ONE_TOUCH_WINDOW_DAYS) <= midnight
    one_touch = (pl.col("replies_to_first_solve") == 1) & ~pl.col("is_reopened_14d")
    is_working = pl.coalesce(
        pl.when(pl.col("resolution_count").is_not_null()).then(~pl.col("is_ended")),
        pl.col("status").is_in(WORKING_STATUSES),
    )
    return timed.with_columns(
        pl.when(ripe).then(one_touch).alias("is_one_touch"),
        (is_working & (pl.col("reopen_count") > 0)).alias("is_reopened_now"),
    )


def _explained(flagged: pl.DataFrame) -> pl.DataFrame:
    """Adds `missing_reason`: every reason that holds, comma separated; null where all is known of a normal ticket."""
    has_events, has_timeline = pl.col("has_events"), pl.col("resolution_count").is_not_null()
    replies, first = pl.col("has_reply_events") & has_events, pl.col("first_solved_at")
    is_solved = pl.col("solved_at").is_not_null() & pl.col("first_solve_at").is_not_null()
    backwards = pl.any_horizontal(
        pl.col(end) < pl.col(start)
        for start, end in (("created_at", "solved_at"), ("created_at", "first_solve_at"), ("assigned_at", "solved_at"))
    )
    reasons = {
        "no_events": ~has_events,
        "no_status_events": has_events & ~has_timeline,
        "no_reply_events": has_events & ~pl.col("has_reply_events"),
        "not_replied": replies & pl.col("first_replied_at").is_null(),
        "not_solved": ~is_solved,
        "not_ended": has_timeline & ~pl.col("is_ended"),
        "no_team_named": has_events & pl.col("group_stations").is_null(),
        "no_agent_named": has_events & pl.col("assigned_at").is_null(),
        "no_pending_in_source": has_timeline & ~pl.col("source_shows_pending"),
        "no_on_hold_in_source": has_timeline & ~pl.col("source_shows_on_hold"),
        "not_matured": replies & first.is_not_null() & pl.col("is_one_touch").is_null(),
        "end_before_start": backwards,
        "no_survey_of_tickets": pl.col("is_csat_answered").is_null(),
        "no_requester": pl.col("requester_key").is_null(),
        "closed_unsolved": pl.col("is_closed_unsolved"),
        "merged": pl.col("is_deleted") & pl.col("is_merged"),
        "deleted": pl.col("is_deleted") & ~pl.col("is_merged"),
    }
    named = [pl.when(holds.fill_null(False)).then(pl.lit(reason)) for reason, holds in reasons.items()]
    listed = pl.concat_str(named, separator=",", ignore_nulls=True)
    return flagged.with_columns(pl.when(listed != "").then(listed).alias("missing_reason")).drop(
        "first_solve_at",
        "source_names_agents",
        "source_shows_pending",
        "source_shows_on_hold",
        "is_closed_unsolved",
        "is_merged",
        TICKET_ROW,
    )
