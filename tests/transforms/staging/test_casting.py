from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.staging import casting
from transforms.staging.casting import Cast


def _one(cast: Cast, text: str | None) -> tuple[object, str | None]:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(cast.value.alias("value"), cast.reason.alias("reason")).row(0)


def _utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=ZoneInfo("UTC"))


TEXT = pl.col("text")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-05T13:32:14-06:00", _utc(2026, 7, 5, 19, 32, 14)),
        ("2026-07-05T13:32:14Z", _utc(2026, 7, 5, 13, 32, 14)),
        ("2020-01-01 10:00+0530", _utc(2020, 1, 1, 4, 30)),
        ("2020-01-01T10:00:00.1234567Z", _utc(2020, 1, 1, 10, 0, 0, 123456)),
        ("2020-01-01 10:00:00", _utc(2020, 1, 1, 9)),
        ("2020-01-01T10:00:00", _utc(2020, 1, 1, 9)),
        ("2020-01-01 10:00:00Z", _utc(2020, 1, 1, 10)),
        ("2017-05-5", _utc(2017, 5, 4, 22)),  # midnight in Berlin, one digit of a template
        ("2021-07-01 12:00", _utc(2021, 7, 1, 10)),  # summer time
        ("2021-10-31 02:30", _utc(2021, 10, 31, 0, 30)),  # twice that night: the first
    ],
)
def test_iso_times_become_utc(text: str, expected: dt.datetime) -> None:
    assert _one(casting.to_datetime(TEXT, "Europe/Berlin", None), text) == (expected, None)


def test_moments_written_in_different_ways_stand_in_one_column() -> None:
    texts = [
        "2020-01-01T10:00:00Z",
        None,
        "2020-01-01 11:00",
        "soon",
        "2020-01-01T12:00:00+02:00",
        "2020-01-01 11:00:00",
    ]
    cast = casting.to_datetime(TEXT, "Europe/Berlin", None)

    read = pl.DataFrame({"text": texts}).select(cast.value.alias("value"), cast.reason.alias("reason"))

    ten = _utc(2020, 1, 1, 10)
    assert read["value"].to_list() == [ten, None, ten, None, ten, ten]
    assert read["reason"].to_list() == [None, None, None, "not_a_date", None, None]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, None),
        ("yesterday", "not_a_date"),
        ("2021-02-30", "not_a_date"),
        ("2021-02-30T10:00:00Z", "not_a_date"),
        ("2020-01-01 24:00", "not_a_date"),
        ("2020-01-01T24:00:00Z", "not_a_date"),
        ("2016-12-31T23:59:60Z", "not_a_date"),
        ("2020-01-01 10:00 and more", "not_a_date"),
        ("2021-03-28 02:30", "time_does_not_exist"),
        ("2021-03-28 02:30:00", "time_does_not_exist"),
        ("0001-01-01", "out_of_range"),
        ("9999-12-31 23:59:59", "out_of_range"),
    ],
)
def test_times_that_are_refused_have_a_reason(text: str | None, reason: str | None) -> None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})

    # Python has no year 0, which 0001-01-01 in Berlin is in UTC, so the value stays in the frame.
    assert frame.select(casting.to_datetime(TEXT, "Europe/Berlin", None).reason).item() == reason


@pytest.mark.parametrize(
    ("datetime_format", "text", "expected"),
    [
        ("%d/%m/%Y %H:%M", "29/2/2016 01:16", (_utc(2016, 2, 29, 0, 16), None)),
        ("%d.%m.%Y", "05.02.2016", (_utc(2016, 2, 4, 23), None)),
        ("%m/%d/%Y %I:%M %p", "02/05/2016 02:03 PM", (_utc(2016, 2, 5, 13, 3), None)),
        ("%Y-%m-%dT%H:%M:%S%z", "2020-01-01T10:00:00+0200", (_utc(2020, 1, 1, 8), None)),
        ("%Y-%m-%dT%H:%M:%SZ", "2020-01-01T10:00:00Z", (_utc(2020, 1, 1, 10), None)),
        ("%d/%m/%Y %H:%M", "2016-02-29 01:16", (None, "not_a_date")),
        ("%d/%m/%Y %H:%M", "28/3/2021 02:30", (None, "time_does_not_exist")),
    ],
)
def test_a_configured_format_is_the_only_one(
    datetime_format: str, text: str, expected: tuple[dt.datetime | None, str | None]
) -> None:
    assert _one(casting.to_datetime(TEXT, "Europe/Berlin", datetime_format), text) == expected


@given(
    minutes=st.integers(0, 50_000_000),
    microsecond=st.integers(0, 999_999),
    zone=st.sampled_from([dt.UTC, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/St_Johns")]),
)
@settings(max_examples=40, deadline=None)
def test_a_moment_written_with_its_offset_comes_back(minutes: int, microsecond: int, zone: dt.tzinfo) -> None:
    moment = (_utc(1991, 1, 1, 0, 0, 0, microsecond) + dt.timedelta(minutes=minutes)).astimezone(zone)

    value, reason = _one(casting.to_datetime(TEXT, "America/New_York", None), moment.isoformat())

    assert (value, reason) == (moment.astimezone(ZoneInfo("UTC")), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-1-5", (dt.date(2020, 1, 5), None)),
        ("2020-01-05T23:30:00", (dt.date(2020, 1, 5), None)),
        ("2020-13-01", (None, "not_a_date")),
        ("9999-12-31", (dt.date(9999, 12, 31), "out_of_range")),
    ],
)
def test_a_day_is_the_day_written(text: str, expected: tuple[dt.date | None, str | None]) -> None:
    assert _one(casting.to_date(TEXT, None), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", (3, None)),
        ("3.0", (3, None)),
        ("1" * 40, (None, "out_of_range")),
        ("-1", (-1, "out_of_range")),
        ("3.5", (None, "not_a_number")),
        ("1,000", (None, "not_a_number")),
        ("many", (None, "not_a_number")),
        (None, (None, None)),
    ],
)
def test_counts(text: str | None, expected: tuple[int | None, str | None]) -> None:
    assert _one(casting.to_count(TEXT), text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [("2.5", None), ("1e3", None), ("nan", "not_a_number"), ("inf", "not_a_number"), ("1e999", "out_of_range")],
)
def test_numbers_are_finite(text: str, reason: str | None) -> None:
    assert _one(casting.to_number(TEXT), text)[1] == reason


def test_an_amount_is_not_negative() -> None:
    assert _one(casting.to_amount(TEXT), "-0.5") == (-0.5, "out_of_range")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TRUE", (True, None)),
        ("yes", (True, None)),
        ("1", (True, None)),
        ("No", (False, None)),
        ("0", (False, None)),
        ("maybe", (None, "not_a_boolean")),
        (None, (None, None)),
    ],
)
def test_booleans(text: str | None, expected: tuple[bool | None, str | None]) -> None:
    assert _one(casting.to_boolean(TEXT), text) == expected


def test_a_code_may_be_written_as_people_write_it() -> None:
    cast = casting.to_code(TEXT, ("on_hold", "open"))

    assert _one(cast, "On-hold") == ("on_hold", None)
    assert _one(cast, "On Hold") == ("on_hold", None)
    assert _one(cast, "waiting")[1] == "unknown_value"


def test_a_text_where_a_label_belongs_is_too_long() -> None:
    assert _one(casting.to_text(TEXT), "a" * 200) == ("a" * 200, None)
    assert _one(casting.to_text(TEXT), "a" * 201)[1] == "too_long"
