"""Periods: ISO weeks, calendar months and quarters, and named windows that tile time without overlap.

A window of n weeks starts on Mondays that are n weeks apart, counted from Monday 2018-01-01, so that a window
has the same bounds in every organisation and two windows of one length never share a day.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import polars as pl

from transforms.contracts.results import PERIOD_GRAINS
from transforms.texts import filled

WINDOW_ORIGIN = dt.date(2018, 1, 1)
# Shorter to longer; a period of each grain is made of whole periods of the grains before it.
NESTED_GRAINS = (("month", "quarter"), ("week", "window_13w", "window_26w", "window_52w"))
# Weeks and months cut one another; disclosure knows who stands behind the pieces (`transforms/disclosure/overlaps.py`).
OVERLAPPING_GRAINS = frozenset({"week", "month"})
_TRUNCATIONS = {"week": "1w", "month": "1mo", "quarter": "1q"}
_WINDOW_WEEKS = {"window_13w": 13, "window_26w": 26, "window_52w": 52}


def period_start(on: pl.Expr, grain: str) -> pl.Expr:
    """First day of the period of `grain` that holds the day `on` (Date to Date)."""
    if grain in _TRUNCATIONS:
        return on.dt.truncate(_TRUNCATIONS[grain])
    days = _WINDOW_WEEKS[grain] * 7
    since = (on - pl.lit(WINDOW_ORIGIN)).dt.total_days()
    return pl.lit(WINDOW_ORIGIN) + pl.duration(days=(since // days) * days)


def period_end(start: pl.Expr, grain: str) -> pl.Expr:
    """Last day of the period of `grain` that starts on `start`."""
    if grain in _TRUNCATIONS:
        return start.dt.offset_by(_TRUNCATIONS[grain]).dt.offset_by("-1d")
    return start + pl.duration(days=_WINDOW_WEEKS[grain] * 7 - 1)


def piece_start(on: pl.Expr) -> pl.Expr:
    """First day of the piece of a week and a month that holds the day `on`."""
    return pl.max_horizontal(*(period_start(on, grain) for grain in sorted(OVERLAPPING_GRAINS)))


def previous_start(start: pl.Expr, grain: str) -> pl.Expr:
    """First day of the period before the one that starts on `start`."""
    return period_start(start.dt.offset_by("-1d"), grain)


def longest_grain(grains: tuple[str, ...]) -> str:
    """The longest of grains that nest."""
    lengths = {grain: length for nested in NESTED_GRAINS for length, grain in enumerate(nested)}
    return max(grains, key=lengths.__getitem__)


@lru_cache(maxsize=4096)
def periods_between(first_on: dt.date, last_on: dt.date, grains: tuple[str, ...] = PERIOD_GRAINS) -> pl.DataFrame:
    """Every period of `grains` that holds a day of `first_on..last_on`: period_grain, period_start, period_end.

    A night asks for the same few spans hundreds of times.
    """
    days = pl.DataFrame({"on": pl.date_range(first_on, last_on, eager=True)})
    frames = [
        days.lazy()
        .select(pl.lit(grain).alias("period_grain"), period_start(pl.col("on"), grain).alias("period_start"))
        .unique()
        .with_columns(period_end(pl.col("period_start"), grain).alias("period_end"))
        for grain in grains
    ]
    return pl.concat(frames).sort("period_grain", "period_start").collect()


def period_name(grain: str, start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Label of a period: 2026-W05, 2026-01, 2026-Q1, `13 weeks to 2026-03-29`."""
    if grain == "week":
        return start.dt.strftime("%G-W%V")
    if grain == "month":
        return start.dt.strftime("%Y-%m")
    if grain == "quarter":
        return filled("{}-Q{}", start.dt.year(), start.dt.quarter())
    return filled(f"{_WINDOW_WEEKS[grain]} weeks to {{}}", end.dt.strftime("%Y-%m-%d"))
