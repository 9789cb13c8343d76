"""Schedules of the simulated Zendesk, and business time counted day by day: slow, and independent of the product."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

_SUNDAY = 7


@dataclass
class Schedule:
    """Opening hours as Zendesk keeps them: minutes since Sunday 00:00 on the wall clock, and whole-day holidays."""

    id: int
    time_zone: str
    zone: str  # the IANA name behind `time_zone`
    intervals: list[tuple[int, int]]
    created_at: dt.datetime
    updated_at: dt.datetime
    holidays: dict[int, tuple[dt.date, dt.date]] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": f"Schedule {self.id}",
            "time_zone": self.time_zone,
            "intervals": [{"start_time": start, "end_time": end} for start, end in self.intervals],
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
        }

    def holiday_records(self) -> list[dict[str, object]]:
        return [
            {"id": number, "name": "Holiday", "start_date": first.isoformat(), "end_date": last.isoformat()}
            for number, (first, last) in self.holidays.items()
        ]

    def minutes(self, start: dt.datetime, end: dt.datetime) -> float:
        """Business minutes between two moments."""
        return sum(
            max((min(closes, end) - max(opens, start)).total_seconds(), 0.0) / 60
            for opens, closes in self._open(start, end)
        )

    def after(self, start: dt.datetime, minutes: float) -> dt.datetime:
        """When so many business minutes have passed since `start`."""
        rest = minutes
        for opens, closes in self._open(start, start + dt.timedelta(days=14)):
            begins = max(opens, start)
            length = (closes - begins).total_seconds() / 60
            if length <= 0:
                continue
            if length >= rest:
                return begins + dt.timedelta(minutes=rest)
            rest -= length
        raise ValueError("the schedule hardly ever opens")

    def _open(self, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        zone = ZoneInfo(self.zone)
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        days = [first + dt.timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        closed = [(a, b) for a, b in self.holidays.values()]
        return [
            (_moment(day, start_time % 1440, zone), _moment(day, end_time - start_time // 1440 * 1440, zone))
            for day in days
            if not any(a <= day <= b for a, b in closed)
            for start_time, end_time in self.intervals
            if start_time // 1440 == day.isoweekday() % _SUNDAY
        ]


def weekdays(opens: int, closes: int) -> list[tuple[int, int]]:
    """Monday to Friday from one hour to another."""
    return [(day * 1440 + opens * 60, day * 1440 + closes * 60) for day in range(1, 6)]


def iso(moment: dt.datetime) -> str:
    """A moment as Zendesk writes it: whole seconds, UTC."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(day: dt.date, minute: int, zone: ZoneInfo) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time())
    return (midnight + dt.timedelta(minutes=minute)).replace(tzinfo=zone).astimezone(dt.UTC)
