"""What a computation is told besides the rows: the night, the organisation's calendar and its privacy settings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from transforms.clock import ORGANISATION_CALENDAR, OpeningHours
from transforms.contracts.organisation import WorkingSlot

NINE_TO_FIVE = pl.DataFrame(
    {
        "calendar_id": ["organisation"] * 5,
        "weekday": pl.Series([1, 2, 3, 4, 5], dtype=pl.Int8),
        "opens_minute": pl.Series([540] * 5, dtype=pl.Int16),
        "closes_minute": pl.Series([1020] * 5, dtype=pl.Int16),
    }
)


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything explicit that changes a number. `run_on` is the night's date: days up to and including it count."""

    run_on: dt.date
    timezone: str = "UTC"
    holidays: tuple[tuple[dt.date, str], ...] = ()
    working_slots: pl.DataFrame = field(default_factory=lambda: WorkingSlot.validate(NINE_TO_FIVE, cast=True))
    minimum_group: int = 5
    close_after_days: int = 7
    seed: int = 20_180_101

    @cached_property
    def opening_hours(self) -> OpeningHours:
        """The organisation's own."""
        slots = self.working_slots.filter(pl.col("calendar_id") == ORGANISATION_CALENDAR)
        return OpeningHours(timezone=self.timezone, slots=slots, holidays=tuple(day for day, _ in self.holidays))

    @property
    def as_of(self) -> dt.datetime:
        """The organisation's midnight that ends `run_on`, in UTC."""
        midnight = dt.datetime.combine(self.run_on + dt.timedelta(days=1), dt.time(), ZoneInfo(self.timezone))
        return midnight.astimezone(dt.UTC)

    def local_day(self, at: pl.Expr) -> pl.Expr:
        """Calendar day of a UTC timestamp in the organisation's time zone."""
        return at.dt.convert_time_zone(self.timezone).dt.date()
