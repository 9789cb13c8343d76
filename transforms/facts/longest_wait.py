"""How long any ticket ever waited: past that, a ticket that still waits moves no curve of waiting times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from transforms.clock import with_business_minutes
from transforms.facts.context import Context

if TYPE_CHECKING:
    from transforms.facts.facts import Facts


@dataclass(frozen=True)
class LongestWait:
    """The longest time that any ticket waited for its first reply or its solve, by the calendar and in business time.

    The two need not be of one ticket.
    """

    calendar_minutes: float
    business_minutes: float

    def or_longer(self, other: LongestWait) -> LongestWait:
        """The longer ones of both."""
        return LongestWait(
            max(self.calendar_minutes, other.calendar_minutes), max(self.business_minutes, other.business_minutes)
        )


def longest_wait(facts: Facts) -> LongestWait:
    """The longest waits of the tickets of `facts`; without end where tickets run on calendars of their own."""
    if not facts.table("calendar_slot").head(1).collect().is_empty():
        return LongestWait(float("inf"), float("inf"))
    ends = pl.max_horizontal("first_replied_at", "solved_at", "done_at", "first_solved_at")
    ended = facts.tickets.select("created_at", ends.alias("until")).filter(pl.col("until") >= pl.col("created_at"))
    return _longest(waited(ended.collect(), facts.context))


def waited(tickets: pl.DataFrame, context: Context) -> pl.DataFrame:
    """`tickets` (created_at, until) with `calendar` and `business` minutes in between."""
    elapsed = (pl.col("until") - pl.col("created_at")).dt.total_microseconds() / 60_000_000
    return with_business_minutes(tickets, "created_at", "until", "business", context).with_columns(
        elapsed.alias("calendar")
    )


def _longest(waited: pl.DataFrame) -> LongestWait:
    calendar, business = waited.select(pl.col("calendar", "business").max().fill_null(0.0)).row(0)
    return LongestWait(calendar, business)
