"""Contracts of the calendars tickets run on: weekly opening hours by version, and when a calendar is closed."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import identifier, text, timestamp
from transforms.contracts.lineage import Staged


def _whole(description: str, low: int, high: int, unit: str, *, primary_key: bool = False) -> dy.Int64:
    return dy.Int64(
        primary_key=primary_key,
        min=low,
        max=high,
        description=description,
        metadata={"severity": "row", "pii": False, "unit": unit},
    )


class CalendarSlot(Staged):
    """Opening hours of one version of a calendar. Grain: calendar x version x weekday x opening minute.

    A version holds from `valid_from_at` until the next one; the first also holds before. A ticket no event of type
    `calendar` names one for runs on the calendar of its source that was created first.
    """

    calendar_id = identifier("Calendar in its source.", primary_key=True)
    valid_from_at = timestamp("When this version of the calendar began to hold.", primary_key=True)
    weekday = _whole("ISO weekday, Monday 1 to Sunday 7.", 1, 7, "day", primary_key=True)
    opens_minute = _whole("Minute of the local day at which the slot opens.", 0, 1440, "minute", primary_key=True)
    closes_minute = _whole("Minute of the local day at which the slot closes.", 0, 1440, "minute")
    timezone = text("IANA time zone of the calendar's wall clock.", nullable=False)
    created_at = timestamp("When the calendar was created.")


class CalendarClosure(Staged):
    """A stretch in which a calendar is closed: a holiday, or a part of a day. Grain: calendar x closure."""

    calendar_id = identifier("Calendar in its source.", primary_key=True)
    closure_id = identifier("Closure in its source.", primary_key=True)
    closed_from = timestamp("First moment of it on the calendar's wall clock, written as if that were UTC.")
    closed_until = timestamp("End of it on the calendar's wall clock, written as if that were UTC.")
