from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clock import OpeningHours, business_days, business_minutes, moments_after, with_business_minutes
from transforms.contracts.organisation import WorkingSlot
from transforms.facts.context import Context

NIGHT = dt.date(2026, 12, 31)


def _slots(*slots: tuple[int, int, int]) -> pl.DataFrame:
    frame = pl.DataFrame(slots, schema=["weekday", "opens_minute", "closes_minute"], orient="row")
    return WorkingSlot.validate(frame.with_columns(pl.lit("organisation").alias("calendar_id")), cast=True)


def _minutes(context: Context, *pairs: tuple[dt.datetime | None, dt.datetime | None]) -> list[float | None]:
    moment = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(pairs, schema={"start": moment, "end": moment}, orient="row")
    return with_business_minutes(frame, "start", "end", "minutes", context)["minutes"].to_list()


def _utc(day: int, hour: int, minute: int = 0, month: int = 3) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


def test_worked_week() -> None:
    # Monday 2 March 2026 to Friday 6 March; open 09:00-17:00 UTC; Wednesday is a holiday.
    context = Context(run_on=NIGHT, holidays=((dt.date(2026, 3, 4), "Founders' day"),))

    got = _minutes(
        context,
        (_utc(2, 10), _utc(2, 11, 30)),  # within the day
        (_utc(2, 16), _utc(3, 10)),  # over night: 60 + 60
        (_utc(3, 16), _utc(5, 10)),  # over the holiday: 60 + 60
        (_utc(6, 16), _utc(9, 9, 15)),  # over the weekend: 60 + 15
        (_utc(2, 20), _utc(2, 23)),  # closed
        (_utc(2, 0), _utc(7, 0)),  # four open days of 480
        (_utc(2, 11), _utc(2, 10)),  # ends before it starts
        (_utc(2, 11), None),
        (None, _utc(2, 11)),
    )

    assert got == [90, 120, 120, 75, 0, 4 * 480, None, None, None]


def test_lunch_break_and_overlapping_slots() -> None:
    # Monday 08-12, 13-17 and a second shift declared 16-18: the hour from 16 to 17 counts once.
    context = Context(run_on=NIGHT, working_slots=_slots((1, 480, 720), (1, 780, 1020), (1, 960, 1080)))

    assert _minutes(context, (_utc(2, 11), _utc(2, 14)), (_utc(2, 0), _utc(3, 0))) == [120, 240 + 300]


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (3, 29, 23 * 60),  # Berlin skips 02:00-03:00
        (10, 25, 25 * 60),  # Berlin repeats 02:00-03:00
        (6, 14, 24 * 60),
    ],
)
def test_a_round_the_clock_sunday_over_a_change_of_clocks(month: int, day: int, expected: int) -> None:
    context = Context(run_on=NIGHT, timezone="Europe/Berlin", working_slots=_slots((7, 0, 1440)))

    assert _minutes(context, (_utc(day, 0, month=month) - dt.timedelta(days=1), _utc(day, 23, 59, month))) == [expected]


def test_opening_time_follows_the_wall_clock() -> None:
    # Open 09-17 in Berlin: 08:00 UTC on Friday 27 March is 09:00, on Monday 30 March it is 10:00.
    context = Context(run_on=NIGHT, timezone="Europe/Berlin")

    got = _minutes(context, (_utc(27, 0), _utc(27, 8, 30)), (_utc(30, 0), _utc(30, 8, 30)))

    assert got == [30, 90]


def test_no_rows_and_no_hours() -> None:
    closed = Context(run_on=NIGHT, working_slots=_slots((7, 0, 60)).clear())

    assert _minutes(Context(run_on=NIGHT)) == []
    assert _minutes(closed, (_utc(2, 0), _utc(9, 0)), (None, _utc(9, 0))) == [0, None]


def test_business_days_leave_out_weekends_and_holidays() -> None:
    context = Context(run_on=NIGHT, holidays=((dt.date(2026, 3, 4), "Founders' day"),))

    days = business_days(dt.date(2026, 3, 2), dt.date(2026, 3, 9), context)

    assert [day.day for day in days] == [2, 3, 5, 6, 9]


def _slow(start: dt.datetime, end: dt.datetime, context: Context) -> int:
    """Minute by minute: does the wall clock show an open time?"""
    zone, slots = ZoneInfo(context.timezone), context.working_slots.rows(named=True)
    closed = {day for day, _ in context.holidays}
    count = 0
    for step in range(int((end - start).total_seconds() // 60)):
        local = (start + dt.timedelta(minutes=step)).astimezone(zone)
        minute = local.hour * 60 + local.minute
        count += local.date() not in closed and any(
            slot["weekday"] == local.isoweekday() and slot["opens_minute"] <= minute < slot["closes_minute"]
            for slot in slots
        )
    return count


@st.composite
def _slot(draw: st.DrawFn) -> tuple[int, int, int]:
    opens = draw(st.integers(0, 1439))
    return draw(st.integers(1, 7)), opens, draw(st.integers(opens + 1, 1440))


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"]),
    slots=st.lists(_slot(), min_size=1, max_size=8, unique_by=lambda slot: slot[:2]),
    holiday=st.dates(dt.date(2026, 3, 20), dt.date(2026, 4, 10)),
    start=st.integers(0, 21 * 1440),
    minutes=st.integers(0, 6000),
)
@settings(max_examples=60, deadline=None)
def test_agrees_with_counting_minutes(
    zone: str, slots: list[tuple[int, int, int]], holiday: dt.date, start: int, minutes: int
) -> None:
    context = Context(run_on=NIGHT, timezone=zone, working_slots=_slots(*slots), holidays=((holiday, "Holiday"),))
    begins = _utc(20, 0) + dt.timedelta(minutes=start)
    ends = begins + dt.timedelta(minutes=minutes)

    assert _minutes(context, (begins, ends)) == pytest.approx([_slow(begins, ends, context)])


def _hours(zone: str, slots: list[tuple[int, int, int]], *closed: tuple[str, str]) -> OpeningHours:
    closures = pl.DataFrame(closed, schema=["closed_from", "closed_until"], orient="row") if closed else None
    told = {} if closures is None else {"closures": closures.with_columns(pl.all().str.to_datetime("%Y-%m-%d %H:%M"))}
    return OpeningHours(timezone=zone, slots=_slots(*slots), **told)


def _between(hours: OpeningHours, start: dt.datetime, end: dt.datetime) -> float | None:
    moments = pl.Series([start, end], dtype=pl.Datetime("us", "UTC"))
    return business_minutes(moments[:1], moments[1:], hours).item()


def _after(hours: OpeningHours, start: dt.datetime, minutes: float) -> dt.datetime | None:
    return moments_after(pl.Series([start], dtype=pl.Datetime("us", "UTC")), pl.Series([minutes]), hours).item()


def test_a_holiday_of_half_a_day() -> None:
    # Berlin, Monday 2 March 2026, open 09-17, closed from 13:00 on: 12:00 UTC is 13:00.
    hours = _hours("Europe/Berlin", [(1, 540, 1020), (2, 540, 1020)], ("2026-03-02 13:00", "2026-03-03 00:00"))

    assert _between(hours, _utc(2, 0), _utc(2, 23)) == 4 * 60
    assert _between(hours, _utc(2, 11), _utc(3, 9)) == 60 + 60


def test_closures_that_overlap_close_once() -> None:
    hours = _hours(
        "UTC", [(1, 540, 1020)], ("2026-03-02 10:00", "2026-03-02 12:00"), ("2026-03-02 11:00", "2026-03-02 13:00")
    )

    assert _between(hours, _utc(2, 0), _utc(3, 0)) == 480 - 180


def test_when_business_minutes_have_passed() -> None:
    # Friday 6 March 16:00 plus 90 minutes: an hour on Friday, half of one on Monday.
    hours = _hours("UTC", [(day, 540, 1020) for day in range(1, 6)])

    assert _after(hours, _utc(6, 16), 90) == _utc(9, 9, 30)
    assert _after(hours, _utc(6, 16), 60) == _utc(6, 17)  # the earliest such moment
    assert _after(hours, _utc(7, 3), 0) == _utc(7, 3)
    assert _after(_hours("UTC", [(7, 0, 60)]), _utc(2, 0), 100_000) is None  # an hour a week


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Hong_Kong"]),
    slots=st.lists(_slot(), min_size=3, max_size=8, unique_by=lambda slot: slot[:2]),
    start=st.integers(0, 21 * 1440),
    minutes=st.integers(1, 3000),
)
@settings(max_examples=40, deadline=None)
def test_minutes_and_moments_undo_each_other(
    zone: str, slots: list[tuple[int, int, int]], start: int, minutes: int
) -> None:
    hours = _hours(zone, slots, ("2026-03-28 12:00", "2026-03-29 02:30"))
    begins = _utc(20, 0) + dt.timedelta(minutes=start)

    ends = _after(hours, begins, minutes)

    assert ends is None or _between(hours, begins, ends) == pytest.approx(minutes)


def test_hong_kong_of_1979_had_summer_time() -> None:
    # The clocks went forward on 13 May 1979 at 03:30: a Sunday round the clock had 23 hours.
    hours = _hours("Asia/Hong_Kong", [(7, 0, 1440)])
    sunday = dt.datetime(1979, 5, 12, 16, tzinfo=dt.UTC)

    assert _between(hours, sunday, sunday + dt.timedelta(days=1)) == 23 * 60


def test_business_time_is_the_same_to_the_bit_whatever_else_is_asked_for() -> None:
    begins, ends = _utc(2, 8, 1), _utc(20, 9, 59) + dt.timedelta(microseconds=7)
    old = (dt.datetime(1999, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC), ends)
    context = Context(run_on=NIGHT, timezone="Europe/Berlin")

    assert _minutes(context, (begins, ends))[0] == _minutes(context, (begins, ends), old)[0]
