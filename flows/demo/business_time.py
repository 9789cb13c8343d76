"""Business time of the demo company: Monday to Friday, 09:00-17:00, without holidays.

Moments are whole seconds of local wall-clock time since 1970-01-01 (int64). Positions are business seconds since the
first day of the table. Written apart from the pipeline's own clock, so that the one can be held against the other.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.demo.company import HOLIDAYS, TIME_ZONE
from flows.settings.calendar import holidays_of

Seconds = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
DAY = 86_400
OPENS = 9 * 3_600
OPEN_SECONDS = 8 * 3_600


class BusinessTime:
    """The business days from a month before `first_on` to two years after `last_on`."""

    def __init__(self, first_on: dt.date, last_on: dt.date) -> None:
        start, end = first_on - dt.timedelta(days=31), last_on + dt.timedelta(days=730)
        free = np.array(
            [day for day, _ in holidays_of(HOLIDAYS, range(start.year, end.year + 1))], dtype="datetime64[D]"
        )
        days = np.arange(np.datetime64(start, "D"), np.datetime64(end, "D"))
        self.days = days[np.is_busday(days, holidays=free)].astype(np.int64)

    def is_business_day(self, day: Seconds) -> Flags:
        """Whether each day (days since 1970) is a business day."""
        return np.isin(day, self.days)

    def is_open(self, moment: Seconds) -> Flags:
        """Whether each moment lies in opening hours."""
        second = moment % DAY
        return self.is_business_day(moment // DAY) & (second >= OPENS) & (second < OPENS + OPEN_SECONDS)

    def position(self, moment: Seconds) -> Seconds:
        """Business seconds before each moment."""
        day = moment // DAY
        index = np.searchsorted(self.days, day)
        within = np.clip(moment - day * DAY - OPENS, 0, OPEN_SECONDS)
        return index * OPEN_SECONDS + np.where(self.days[index] == day, within, 0)

    def moment(self, position: Seconds) -> Seconds:
        """The earliest moment with that many business seconds before it: a full day ends at 17:00."""
        index = (position - 1) // OPEN_SECONDS
        moment: Seconds = self.days[index] * DAY + OPENS + position - index * OPEN_SECONDS
        return moment


def epoch_day(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - dt.date(1970, 1, 1)).days


def local(moment: Seconds, known: Flags | None = None) -> pl.Series:
    """Wall-clock times (Datetime without zone); null where `known` is false.

    The hour from 02:00 is moved to 03:00: once a year it does not exist, and once it exists twice.
    """
    moment = np.where(moment % DAY // 3_600 == 2, moment + 3_600, moment)
    times = pl.Series(moment * 1_000_000).cast(pl.Datetime("us"))
    if known is None:
        return times
    return times.to_frame("at").select(pl.when(pl.Series(known)).then("at"))["at"]


def utc(moment: Seconds, known: Flags | None = None) -> pl.Series:
    """Moments in UTC (Datetime without zone, as an export writes them); null where `known` is false."""
    return local(moment, known).dt.replace_time_zone(TIME_ZONE).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
