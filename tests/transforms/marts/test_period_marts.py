"""Periods and days of the numbers, with working days and holidays."""

import datetime as dt

import polars as pl

from transforms.facts import Context
from transforms.marts.periods import dim_date, dim_period


def rows(*periods: tuple[str, dt.date, dt.date]) -> pl.DataFrame:
    schema = {"period_grain": pl.String, "period_start": pl.Date, "period_end": pl.Date}
    return pl.DataFrame(list(periods), schema=schema, orient="row")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


FEBRUARY = ("month", day("2026-02-01"), day("2026-02-28"))


def test_each_period_once_with_label_and_predecessor():
    table = dim_period(
        rows(
            FEBRUARY,
            FEBRUARY,
            ("quarter", day("2026-01-01"), day("2026-03-31")),
            ("week", day("2026-01-26"), day("2026-02-01")),
            ("window_13w", day("2026-03-23"), day("2026-06-21")),
        )
    )
    assert table.select("period_grain", "period_name", "previous_period_start").rows() == [
        ("month", "2026-02", day("2026-01-01")),
        ("quarter", "2026-Q1", day("2025-10-01")),
        ("week", "2026-W05", day("2026-01-19")),
        ("window_13w", "13 weeks to 2026-06-21", day("2025-12-22")),
    ]


def test_days_span_all_periods_and_know_holidays():
    context = Context(run_on=day("2026-03-31"), holidays=((day("2026-02-03"), "Founders' Day"),))
    table = dim_date(rows(FEBRUARY), context)
    assert table.height == 28
    tuesday = table.row(2, named=True)
    assert tuesday == {
        "calendar_on": day("2026-02-03"),
        "iso_year": 2026,
        "iso_week": 6,
        "calendar_year": 2026,
        "calendar_month": 2,
        "calendar_quarter": 1,
        "weekday": 2,
        "is_business_day": False,
        "holiday_name": "Founders' Day",
    }
    # February 2026 has 20 weekdays, one of them the holiday.
    assert table["is_business_day"].sum() == 19


def test_two_holidays_on_one_day_are_one_day():
    context = Context(run_on=day("2026-03-31"), holidays=((day("2026-02-03"), "One"), (day("2026-02-03"), "Two")))
    table = dim_date(rows(FEBRUARY), context)
    assert table.height == 28
    assert table["holiday_name"][2] == "One, Two"


def test_the_iso_year_of_early_january_may_be_the_old_one():
    table = dim_date(rows(("month", day("2027-01-01"), day("2027-01-31"))), Context(run_on=day("2027-02-01")))
    assert table.row(0, named=True)["iso_year"] == 2026
    assert table.row(0, named=True)["iso_week"] == 53


def test_without_numbers_there_is_no_time():
    assert dim_period(rows()).is_empty()
    assert dim_date(rows(), Context(run_on=day("2026-03-31"))).is_empty()
