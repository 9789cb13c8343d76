"""Business time: minutes between two moments that fall into opening hours, and the days that have any.

A minute counts when the organisation's wall clock, at that moment, shows a time inside a slot of the weekday and the
day is no holiday. Slots are wall-clock hours, so a night shift over the end of summer time is one hour longer than its
hours suggest.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

if TYPE_CHECKING:
    from transforms.facts.context import Context

ORGANISATION_CALENDAR = "organisation"
_UTC = "UTC"
_MINUTE = 60_000_000  # microseconds


def with_business_minutes(frame: pl.DataFrame, start: str, end: str, alias: str, context: Context) -> pl.DataFrame:
    """`frame` with column `alias` (Float64): business minutes from column `start` to column `end` (UTC timestamps).

    Null where either is null or the end lies before the start.
    """
    bounds = pl.concat([frame[start], frame[end]]).drop_nulls().cast(pl.Datetime("us", _UTC))
    first, last = bounds.min(), bounds.max()
    if not isinstance(first, dt.datetime) or not isinstance(last, dt.datetime):
        return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(alias))
    opening = opening_times(first, last, context)
    elapsed = _minutes_open_before(frame[end], opening) - _minutes_open_before(frame[start], opening)
    return frame.with_columns(pl.when(pl.col(end) >= pl.col(start)).then(elapsed).alias(alias))


def opening_times(first: dt.datetime, last: dt.datetime, context: Context) -> pl.DataFrame:
    """Every time of opening between two moments, in order and without overlap.

    Shape: opens_at, closes_at (UTC) and minutes_before, the business time of all earlier rows. The local days of both
    moments are held in full.
    """
    zone = ZoneInfo(context.timezone)
    days = business_days(
        first.astimezone(zone).date() - dt.timedelta(days=1),
        last.astimezone(zone).date() + dt.timedelta(days=1),
        context,
    )
    slots = context.working_slots.filter(pl.col("calendar_id") == ORGANISATION_CALENDAR)
    # One wall-clock time maps to another moment on either side of a clock change: map under each offset in force,
    # and keep what lies in the stretch of time where it is.
    wall = (
        pl.DataFrame({"day": days, "weekday": days.dt.weekday()})
        .join(slots, on="weekday")
        .join(_offsets(first - dt.timedelta(days=3), last + dt.timedelta(days=3), zone), how="cross")
    )
    midnight = pl.col("day").cast(pl.Datetime("us")) - pl.col("offset")

    def moment(minute: str) -> pl.Expr:
        return (midnight + pl.duration(minutes=pl.col(minute))).dt.replace_time_zone(_UTC)

    closed_until = pl.col("closes_at").cum_max().shift()
    return (
        wall.select(
            pl.max_horizontal(moment("opens_minute"), "offset_from").alias("opens_at"),
            pl.min_horizontal(moment("closes_minute"), "offset_to").alias("closes_at"),
        )
        .filter(pl.col("opens_at") < pl.col("closes_at"))
        .sort("opens_at", "closes_at")
        .with_columns(pl.max_horizontal("opens_at", closed_until).alias("opens_at"))  # overlapping slots count once
        .filter(pl.col("opens_at") < pl.col("closes_at"))
        .with_columns(
            (_microseconds(pl.col("closes_at") - pl.col("opens_at")).cum_sum().shift(fill_value=0) / _MINUTE).alias(
                "minutes_before"
            )
        )
    )


def business_days(first_on: dt.date, last_on: dt.date, context: Context) -> pl.Series:
    """The days of `first_on..last_on`, in order, that have a slot and are no holiday."""
    slots = context.working_slots.filter(pl.col("calendar_id") == ORGANISATION_CALENDAR)
    days = pl.date_range(first_on, last_on, eager=True).alias("day")
    holidays = pl.Series([day for day, _ in context.holidays], dtype=pl.Date)
    works = days.dt.weekday().is_in(slots["weekday"].unique().implode())
    return days.filter(works & ~days.is_in(holidays.implode()))


def _minutes_open_before(moments: pl.Series, opening: pl.DataFrame) -> pl.Series:
    """Business minutes from the start of `opening` to each moment; null for null."""
    if opening.is_empty():
        return moments.is_not_null().replace_strict({True: 0.0, False: None}, return_dtype=pl.Float64)
    at = moments.cast(pl.Datetime("us", _UTC))
    position = opening["opens_at"].search_sorted(at.fill_null(opening["opens_at"][0]), side="right").cast(pl.Int64) - 1
    row = opening[position.clip(0)]
    return (
        pl.DataFrame([at.alias("at"), position.alias("position")])
        .hstack(row)
        .select(
            pl.when(pl.col("at").is_not_null() & (pl.col("position") < 0))
            .then(pl.lit(0.0))
            .when(pl.col("at").is_not_null())
            .then(
                pl.col("minutes_before")
                + _microseconds(pl.min_horizontal("at", "closes_at") - pl.col("opens_at")) / _MINUTE
            )
            .alias("minutes")
        )["minutes"]
    )


def _microseconds(duration: pl.Expr) -> pl.Expr:
    return duration.dt.total_microseconds()


def _offsets(first: dt.datetime, last: dt.datetime, zone: ZoneInfo) -> pl.DataFrame:
    """Stretches of constant distance from UTC: offset, offset_from, offset_to. The outer ones reach out of sight."""
    moments = [first + dt.timedelta(days=days) for days in range((last - first).days + 2)]
    found = [_offset(moment, zone) for moment in moments]
    changes = [_change(moments[i], moments[i + 1], zone) for i in range(len(found) - 1) if found[i] != found[i + 1]]
    starts = [first - dt.timedelta(days=3), *changes]
    ends = [*changes, last + dt.timedelta(days=3)]
    return pl.DataFrame(
        {"offset": [_offset(max(start, first), zone) for start in starts], "offset_from": starts, "offset_to": ends},
        schema={
            "offset": pl.Duration("us"),
            "offset_from": pl.Datetime("us", _UTC),
            "offset_to": pl.Datetime("us", _UTC),
        },
    )


def _change(before: dt.datetime, after: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment, to the second, at which the offset stops being that of `before`."""
    old = _offset(before, zone)
    low, high = int(before.timestamp()), int(after.timestamp()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(dt.datetime.fromtimestamp(middle, dt.UTC), zone) == old:
            low = middle
        else:
            high = middle
    return dt.datetime.fromtimestamp(high, dt.UTC)


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()
