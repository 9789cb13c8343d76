"""From settings to the context of a computation: the organisation's holidays and working hours as data."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import polars as pl

from flows.settings.calendar import holidays_of, minute_of_day
from flows.settings.models import Organisation, Weekday, WorkingHours
from transforms.contracts.organisation import WorkingSlot
from transforms.facts.context import Context

# History reaches back, targets lie ahead.
YEARS_BACK = 25
YEARS_AHEAD = 2
_WEEKDAYS = {name: number for number, name in enumerate(get_args(Weekday), start=1)}


def context_of(organisation: Organisation, run_on: dt.date) -> Context:
    """The context of the night `run_on`: holidays of 25 years before to 2 after it, and the working hours.

    Without working hours Monday to Friday from nine to five are taken.
    """
    years = range(run_on.year - YEARS_BACK, run_on.year + YEARS_AHEAD + 1)
    holidays = holidays_of(organisation.holidays, years) if organisation.holidays else ()
    told = {
        "run_on": run_on,
        "timezone": organisation.timezone,
        "holidays": holidays,
        "minimum_group": organisation.minimum_group,
        "close_after_days": organisation.close_after_days,
    }
    if organisation.working_hours:
        told["working_slots"] = working_slots(organisation.working_hours)
    return Context(**told)  # type: ignore[arg-type]


def working_slots(hours: list[WorkingHours]) -> pl.DataFrame:
    """Working hours as a frame of contract WorkingSlot, calendar `organisation`."""
    slots = [
        {
            "calendar_id": "organisation",
            "weekday": _WEEKDAYS[day],
            "opens_minute": minute_of_day(entry.opens),
            "closes_minute": minute_of_day(entry.closes),
        }
        for entry in hours
        for day in entry.weekdays
    ]
    return WorkingSlot.validate(pl.DataFrame(slots).sort("weekday", "opens_minute"), cast=True)
