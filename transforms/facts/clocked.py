"""Tickets that the clock alone moved between two nights, whether any row of them changed or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from transforms.contracts.tickets import DONE_STATUSES
from transforms.facts.context import Context
from transforms.facts.endings import is_open
from transforms.facts.excerpt import OF_SURVEYS
from transforms.facts.longest_wait import LongestWait, waited
from transforms.facts.tickets import REOPEN_WINDOW_DAYS
from transforms.facts.times import TIMES, happens, happens_since
from transforms.moments import moment

_ID = "ticket_id"
_RIPENS = dt.timedelta(days=REOPEN_WINDOW_DAYS)
Tables = Mapping[str, pl.LazyFrame]


def clocked_tickets(after: Tables, then: Context, now: Context, longest: LongestWait) -> pl.DataFrame:
    """Tickets of which the clock may have moved a number: a moment of theirs came to pass, or they still wait.

    A ticket that still waits counts as waiting until the night. Once it has waited longer than any other ever did, the
    curve of waiting times has no step left that a still longer wait could move.
    """
    midnight, until = moment(then.as_of), moment(now.as_of)
    lately = after["ticket"].filter(is_open() | happens_since("ticket", midnight))
    tickets = lately.select(_ID, "status", *TIMES["ticket"]).collect().lazy()
    opened = tickets.filter(is_open() & (pl.col("created_at") < midnight))
    waiting = waited(opened.select(_ID, "created_at", midnight.alias("until")).collect(), then)
    is_young = (pl.col("calendar") <= longest.calendar_minutes) | (pl.col("business") <= longest.business_minutes)
    ahead = pl.any_horizontal(pl.col(column) >= midnight for column in ("solved_at", "closed_at", "updated_at"))
    found = [
        tickets.filter(happens("ticket", midnight, until) | ahead).select(_ID),
        *(
            after[name].filter(happens(name, midnight, until)).select(_ID)
            for name in ("ticket_event", "promise", "promise_event", *OF_SURVEYS)
        ),
    ]
    return pl.concat([waiting.filter(is_young).select(_ID), *pl.collect_all(found)]).drop_nulls().unique()


def fallen_due(promises: pl.LazyFrame, then: Context, now: Context) -> pl.DataFrame:
    """Tickets with a promise that fell due; `promises` (FctPromise) as the night of `then` judged them.

    One told by events may fall due long after the last of them.
    """
    due = promises.filter(pl.col("due_at").is_between(moment(then.as_of), moment(now.as_of)))
    return due.select(_ID).unique().collect()


def ripened_tickets(after: Tables, then: Context, now: Context) -> pl.DataFrame:
    """Tickets that were solved so long ago that they can no longer be reopened soon after.

    Only what is said of single tickets waits for that. A KPI waits for its periods to mature, which is later.
    """
    solved = (pl.col("event_type") == "status") & pl.col("value").is_in(DONE_STATUSES)
    lately = happens("ticket_event", moment(then.as_of - _RIPENS), moment(now.as_of - _RIPENS))
    return after["ticket_event"].filter(lately & solved).select(_ID).unique().collect()


def with_running_promises(after: Tables) -> pl.DataFrame:
    """Tickets with a promise whose elapsed time grows from night to night; no KPI counts it before it ends."""
    runs = pl.col("fulfilled_at").is_null() & pl.col("closed_at").is_null() & ~pl.col("is_cancelled")
    is_over = (pl.col("event_type") == "fulfil").any()
    told = after["promise_event"].group_by(_ID, "metric", "instance").agg(is_over.alias("is_over"))
    found = [after["promise"].filter(runs).select(_ID), told.filter(~pl.col("is_over")).select(_ID)]
    return pl.concat(found).unique().collect()
