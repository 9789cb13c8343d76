"""Periods: worked examples, and that every grain tiles time."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.contracts.results import PERIOD_GRAINS
from transforms.periods import period_end, period_name, period_start, periods_between, previous_start

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))


def bounds(on: dt.date, grain: str) -> tuple[dt.date, dt.date]:
    start = pl.DataFrame({"on": [on]}).select(period_start(pl.col("on"), grain).alias("start"))
    row = start.with_columns(period_end(pl.col("start"), grain).alias("end")).row(0)
    return row[0], row[1]


@pytest.mark.parametrize(
    ("grain", "start", "end"),
    [
        ("week", dt.date(2026, 6, 22), dt.date(2026, 6, 28)),
        ("month", dt.date(2026, 6, 1), dt.date(2026, 6, 30)),
        ("quarter", dt.date(2026, 4, 1), dt.date(2026, 6, 30)),
        # 2018-01-01 + 34 * 13 weeks = 2026-06-22
        ("window_13w", dt.date(2026, 6, 22), dt.date(2026, 9, 20)),
        ("window_26w", dt.date(2026, 6, 22), dt.date(2026, 12, 20)),
        # 2018-01-01 + 8 * 52 weeks = 2025-12-22
        ("window_52w", dt.date(2025, 12, 22), dt.date(2026, 12, 20)),
    ],
)
def test_bounds_of_the_period_that_holds_a_day(grain: str, start: dt.date, end: dt.date) -> None:
    assert bounds(dt.date(2026, 6, 25), grain) == (start, end)


@settings(max_examples=60, deadline=None)
@given(on=DAYS, grain=st.sampled_from(PERIOD_GRAINS))
def test_a_period_holds_its_day_and_touches_the_next(on: dt.date, grain: str) -> None:
    start, end = bounds(on, grain)
    following, _ = bounds(end + dt.timedelta(days=1), grain)
    assert start <= on <= end
    assert following == end + dt.timedelta(days=1)


@settings(max_examples=30, deadline=None)
@given(on=DAYS, grain=st.sampled_from(PERIOD_GRAINS))
def test_the_previous_period_ends_the_day_before(on: dt.date, grain: str) -> None:
    start, _ = bounds(on, grain)
    before = pl.DataFrame({"s": [start]}).select(previous_start(pl.col("s"), grain)).item()
    assert bounds(before, grain)[1] == start - dt.timedelta(days=1)


def test_periods_between_lists_each_period_once() -> None:
    periods = periods_between(dt.date(2026, 1, 15), dt.date(2026, 3, 2), ("month", "quarter"))
    assert periods.rows() == [
        ("month", dt.date(2026, 1, 1), dt.date(2026, 1, 31)),
        ("month", dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        ("month", dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
        ("quarter", dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
    ]


@pytest.mark.parametrize(
    ("grain", "name"),
    [("week", "2026-W26"), ("month", "2026-06"), ("quarter", "2026-Q2"), ("window_13w", "13 weeks to 2026-09-20")],
)
def test_names(grain: str, name: str) -> None:
    start, end = bounds(dt.date(2026, 6, 25), grain)
    frame = pl.DataFrame({"s": [start], "e": [end]})
    assert frame.select(period_name(grain, pl.col("s"), pl.col("e"))).item() == name
