"""Business time: minutes between two moments that fall into opening hours, and the days that have any.

A minute counts when the calendar's wall clock, at that moment, shows a time inside a slot of the weekday, the day is
no holiday and no closure covers it. Slots are wall-clock hours, so a night shift over the end of summer time is one
hour longer than its hours suggest.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from transforms.moments import MOMENT

if TYPE_CHECKING:
    from transforms.facts.context import Context

ORGANISATION_CALENDAR = "organisation"
CLOSURES = {"closed_from": pl.Datetime("us"), "closed_until": pl.Datetime("us")}
_UTC = "UTC"
_MINUTE = 60_000_000  # microseconds
_EDGES = ((1, 1), (12, 31))


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """When one calendar is open: weekly slots on the wall clock of its zone, less whole days and stretches.

    `slots`: weekday, opens_minute, closes_minute as in contract WorkingSlot; `closures`: closed_from, closed_until on
    the wall clock, for a holiday of half a day.
    """

    timezone: str
    slots: pl.DataFrame
    holidays: tuple[dt.date, ...] = ()
    closures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CLOSURES))
    _known: dict[tuple[int, int], pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def days(self, first_on: dt.date, last_on: dt.date) -> pl.Series:
        """The days of `first_on..last_on`, in order, that have a slot and are no holiday."""
        days = pl.date_range(first_on, last_on, eager=True).alias("day")
        works = days.dt.weekday().is_in(self.slots["weekday"].unique().implode())
        return days.filter(works & ~days.is_in(pl.Series(self.holidays, dtype=pl.Date).implode()))

    def times(self, first: dt.datetime, last: dt.datetime) -> pl.DataFrame:
        """Every time of opening in the years of two moments, in order and without overlap; worked out once.

        Shape: opens_at, closes_at (UTC) and open_before, the microseconds of all earlier rows.
        """
        years = (first.astimezone(dt.UTC).year, last.astimezone(dt.UTC).year)
        if years not in self._known:
            begin, end = (dt.datetime(year, *day, tzinfo=dt.UTC) for year, day in zip(years, _EDGES, strict=True))
            self._known[years] = _opening_times(begin, end, self)
        return self._known[years]


def with_business_minutes(frame: pl.DataFrame, start: str, end: str, alias: str, context: Context) -> pl.DataFrame:
    """`frame` with column `alias` (Float64): the organisation's business minutes from column `start` to `end`.

    Null where either (UTC timestamps) is null or the end lies before the start.
    """
    return frame.with_columns(business_minutes(frame[start], frame[end], context.opening_hours).alias(alias))


def business_minutes(starts: pl.Series, ends: pl.Series, hours: OpeningHours) -> pl.Series:
    """Business minutes (Float64) from each start to its end; null where either is, or the end comes first."""
    bounds = _bounds(starts, ends)
    if bounds is None:
        return pl.repeat(None, len(starts), dtype=pl.Float64, eager=True)
    opening = hours.times(*bounds)
    # Whole microseconds are taken from one another: the difference is the same however far back they begin to count.
    elapsed = _open_before(ends, opening) - _open_before(starts, opening)
    return pl.select(pl.when(ends >= starts).then(elapsed / _MINUTE)).to_series()


def moments_after(starts: pl.Series, minutes: pl.Series, hours: OpeningHours) -> pl.Series:
    """When so many business minutes have passed since each start, at the earliest; null where either is null.

    Null also where that lies more than a year and ten times the minutes ahead: such a calendar hardly ever opens.
    """
    bounds = _bounds(starts, starts)
    longest = minutes.max()
    if bounds is None or not isinstance(longest, int | float):
        return pl.repeat(None, len(starts), dtype=MOMENT, eager=True)
    opening = hours.times(bounds[0], bounds[1] + dt.timedelta(days=366, minutes=10 * longest))
    if opening.is_empty():
        return pl.repeat(None, len(starts), dtype=MOMENT, eager=True)
    passed = (_open_before(starts, opening) + (minutes * _MINUTE).round().cast(pl.Int64)).alias("passed")
    before = opening["open_before"]
    row = opening[(before.search_sorted(passed.fill_null(0), side="left").cast(pl.Int64) - 1).clip(0)]
    found = pl.col("opens_at") + pl.duration(microseconds=pl.col("passed") - pl.col("open_before"))
    # What was not waited for at all has passed at once, also outside opening hours.
    at_once = pl.when(pl.col("minutes") <= 0).then("start")
    return (
        row.hstack([passed, starts.alias("start"), minutes.alias("minutes")])
        .select(pl.coalesce(at_once, pl.when(found <= pl.col("closes_at")).then(found)).alias("moment"))
        .to_series()
    )


def _opening_times(first: dt.datetime, last: dt.datetime, hours: OpeningHours) -> pl.DataFrame:
    """Every time of opening between two moments; their local days are held in full."""
    zone = ZoneInfo(hours.timezone)
    days = hours.days(
        first.astimezone(zone).date() - dt.timedelta(days=1), last.astimezone(zone).date() + dt.timedelta(days=1)
    )
    offsets = _offsets(first - dt.timedelta(days=3), last + dt.timedelta(days=3), zone)
    slots = pl.DataFrame({"day": days, "weekday": days.dt.weekday()}).join(hours.slots, on="weekday")
    midnight = pl.col("day").cast(pl.Datetime("us"))
    opening = _in_utc(
        slots.select(
            (midnight + pl.duration(minutes=pl.col(f"{edge}_minute"))).alias(f"{edge}_at")
            for edge in ("opens", "closes")
        ),
        offsets,
    )
    closed = hours.closures.select(pl.col("closed_from").alias("opens_at"), pl.col("closed_until").alias("closes_at"))
    if not closed.is_empty():
        opening = _without(opening, _in_utc(closed, offsets))
    length = _microseconds(pl.col("closes_at") - pl.col("opens_at"))
    return opening.with_columns(length.cum_sum().shift(fill_value=0).alias("open_before"))


def business_days(first_on: dt.date, last_on: dt.date, context: Context) -> pl.Series:
    """The days of `first_on..last_on`, in order, that have a slot and are no holiday of the organisation."""
    return context.opening_hours.days(first_on, last_on)


def _bounds(starts: pl.Series, ends: pl.Series) -> tuple[dt.datetime, dt.datetime] | None:
    known = pl.concat([starts.rename("at"), ends.rename("at")]).drop_nulls().cast(MOMENT)
    first, last = known.min(), known.max()
    return (first, last) if isinstance(first, dt.datetime) and isinstance(last, dt.datetime) else None


def _in_utc(wall: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    """Stretches on the wall clock (opens_at, closes_at) as moments, in order; where they overlap they count once.

    One wall-clock time maps to another moment on either side of a clock change: map under each offset in force, and
    keep what lies in the stretch of time where it is.
    """

    def moment(edge: str) -> pl.Expr:
        return (pl.col(edge) - pl.col("offset")).dt.replace_time_zone(_UTC)

    closed_until = pl.col("closes_at").cum_max().shift()
    is_open = pl.col("opens_at") < pl.col("closes_at")
    return (
        wall.join(offsets, how="cross")
        .select(
            pl.max_horizontal(moment("opens_at"), "offset_from").alias("opens_at"),
            pl.min_horizontal(moment("closes_at"), "offset_to").alias("closes_at"),
        )
        .filter(is_open)
        .sort("opens_at", "closes_at")
        .with_columns(pl.max_horizontal("opens_at", closed_until).alias("opens_at"))
        .filter(is_open)
    )


def _without(opening: pl.DataFrame, closed: pl.DataFrame) -> pl.DataFrame:
    """`opening` less the stretches of `closed`; both are in order and without overlap."""
    outer = pl.Series([None], dtype=MOMENT)
    between = pl.DataFrame(
        {"from_at": pl.concat([outer, closed["closes_at"]]), "until_at": pl.concat([closed["opens_at"], outer])}
    )
    return (
        opening.join(between, how="cross")
        .select(
            pl.max_horizontal("opens_at", "from_at").alias("opens_at"),
            pl.min_horizontal("closes_at", "until_at").alias("closes_at"),
        )
        .filter(pl.col("opens_at") < pl.col("closes_at"))
        .sort("opens_at")
    )


def _open_before(moments: pl.Series, opening: pl.DataFrame) -> pl.Series:
    """Microseconds of business time from the start of `opening` to each moment; null for null."""
    if opening.is_empty():
        return moments.is_not_null().replace_strict({True: 0, False: None}, return_dtype=pl.Int64)
    at = moments.cast(MOMENT)
    position = opening["opens_at"].search_sorted(at.fill_null(opening["opens_at"][0]), side="right").cast(pl.Int64) - 1
    row = opening[position.clip(0)]
    return (
        pl.DataFrame([at.alias("at"), position.alias("position")])
        .hstack(row)
        .select(
            pl.when(pl.col("at").is_not_null() & (pl.col("position") < 0))
            .then(pl.lit(0, dtype=pl.Int64))
            .when(pl.col("at").is_not_null())
            .then(pl.col("open_before") + _microseconds(pl.min_horizontal("at", "closes_at") - pl.col("opens_at")))
            .alias("before")
        )["before"]
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
            "offset_from": MOMENT,
            "offset_to": MOMENT,
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
