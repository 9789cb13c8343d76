"""Whether a ticket is over, as its own row says, and since when.

Nobody waits for a ticket that its source calls solved, closed or cancelled, even where it does not say since when: it
was over when the source last changed it. One that is back at work is open, whenever it was solved before.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from transforms.facts.ticket_stretches import WORKING_STATUSES
from transforms.moments import moment

_ENDS = ("closed_at", "solved_at")


def is_open() -> pl.Expr:
    """By the status of a row of contract Ticket; by its times where there is none (then null may stand for False)."""
    untold = pl.all_horizontal(pl.col(name).is_null() for name in ("status", *_ENDS))
    # Asked which values it has, not which it lacks, a scan leaves out most of a large table by its statistics.
    return pl.col("status").is_in(WORKING_STATUSES) | untold


def over_at(until: dt.datetime) -> pl.Expr:
    """By when the ticket of such a row was over, as known at the moment `until`; null for one that is open."""
    seen_at = pl.min_horizontal("updated_at", moment(until))
    return pl.when(is_open()).then(None).otherwise(pl.coalesce(*_ENDS, seen_at))
