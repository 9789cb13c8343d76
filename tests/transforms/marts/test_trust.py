"""Grades and their reasons, one at a time."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tests.transforms.marts.published import number, registered, rows_of
from transforms.marts.evidence import EVIDENCE
from transforms.marts.trust import graded

END = dt.date(2026, 3, 31)
SURVEY = {"sources": ("employee_survey",), "needs": ("survey_item", "survey_response")}


def evidence(**tables: tuple[dt.date | None, float]) -> pl.DataFrame:
    rows = [(table, newest_on, share) for table, (newest_on, share) in tables.items()]
    return pl.DataFrame(rows, schema=EVIDENCE, orient="row")


def grade(declared: dict[str, Any], row: dict[str, Any], known: pl.DataFrame | None = None) -> tuple[str, str | None]:
    rows = rows_of(number("k", 0.5, **row))
    found = graded(rows, [registered("k", **declared)], evidence() if known is None else known)
    return found.select("trust_grade", "flags").row(0)


def test_a_number_without_reproach_is_an_a() -> None:
    assert grade({}, {"coverage": 0.95}, evidence(ticket=(END, 0.0))) == ("A", None)


@pytest.mark.parametrize(
    ("coverage", "expected"), [(0.8, ("A", None)), (0.79, ("B", "low_coverage")), (0.49, ("C", "low_coverage"))]
)
def test_coverage(coverage: float, expected: tuple[str, str | None]) -> None:
    assert grade({}, {"coverage": coverage}) == expected


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.6, ("A", None)),
        (0.59, ("B", "low_response_rate")),
        (0.29, ("C", "low_response_rate")),
        (None, ("B", "unknown_response_rate")),
    ],
)
def test_response_rate(rate: float | None, expected: tuple[str, str | None]) -> None:
    assert grade(SURVEY, {"response_rate": rate}) == expected


def test_a_flag_that_is_there_is_not_said_twice() -> None:
    assert grade(SURVEY, {"response_rate": 0.4, "flags": "low_response_rate"}) == ("B", "low_response_rate")
    assert grade({}, {"coverage": 0.7, "flags": "bounded"}) == ("B", "bounded,low_coverage")


def test_reasons_add_up() -> None:
    # Coverage 0.7 costs one, a response rate of 0.25 two: three points are a D.
    assert grade(SURVEY, {"coverage": 0.7, "response_rate": 0.25}) == ("D", "low_coverage,low_response_rate")


@pytest.mark.parametrize(("days", "expected"), [(7, "A"), (8, "B"), (28, "B"), (29, "C")])
def test_a_source_that_stopped_before_the_period_ended(days: int, expected: str) -> None:
    newest = END - dt.timedelta(days=days)

    assert grade({}, {}, evidence(ticket=(newest, 0.0)))[0] == expected


def test_a_survey_is_as_old_as_its_wave() -> None:
    assert grade(SURVEY, {"response_rate": 0.9}, evidence(survey_response=(None, 0.0))) == ("A", None)


@pytest.mark.parametrize(("share", "expected"), [(0.01, "A"), (0.011, "B"), (0.051, "C")])
def test_rows_that_were_refused(share: float, expected: str) -> None:
    assert grade({}, {}, evidence(ticket=(END, share)))[0] == expected


def test_the_worst_of_the_tables_a_kpi_needs_counts() -> None:
    known = evidence(ticket=(END, 0.0), promise=(END, 0.2), recognition=(END, 0.9))

    assert grade({"needs": ("ticket", "promise")}, {}, known) == ("C", "quarantined_rows")


def test_a_doubtful_clock_costs_the_numbers_about_promises_of_that_unit_and_time() -> None:
    kpis = [
        registered("kept", needs=("promise",)),
        registered("wait"),
        registered("clock_integrity", needs=("promise",), components=("bunching", "late_pauses")),
    ]
    rows = rows_of(
        number("kept", 0.9, org_unit_id="a"),
        number("kept", 0.9, org_unit_id="b"),
        number("kept", 0.9, dt.date(2025, 10, 1), org_unit_id="a"),
        number("wait", 0.9, org_unit_id="a"),
        number(
            "clock_integrity", 2.5, dt.date(2026, 2, 1), period_grain="month", component="bunching", org_unit_id="a"
        ),
        number("clock_integrity", 1.5, component="bunching", org_unit_id="b"),
        number("clock_integrity", 0.05, component="late_pauses", org_unit_id="b"),
    )

    found = graded(rows, kpis, evidence()).filter(pl.col("trust_grade") != "A")

    assert found.select("kpi_id", "org_unit_id", "period_start", "trust_grade", "flags").rows() == [
        ("kept", "a", dt.date(2026, 1, 1), "B", "doubtful_clock")
    ]


def test_a_hidden_number_has_no_grade_and_keeps_its_flags() -> None:
    rows = rows_of(number("k", None, coverage=0.1, flags="office_too_small"))

    found = graded(rows, [registered("k")], evidence(ticket=(dt.date(2020, 1, 1), 0.9)))

    assert found.select("trust_grade", "flags").row(0) == (None, "office_too_small")


def test_the_grade_of_a_number_does_not_depend_on_hidden_ones() -> None:
    shown = number("kept", 0.9)
    kpis = [registered("kept", needs=("promise",)), registered("clock_integrity", needs=("promise",))]
    hidden = number("clock_integrity", None, component="bunching")

    alone, beside = (graded(rows_of(*rows), kpis, evidence()) for rows in ([shown], [shown, hidden]))

    assert alone["trust_grade"][0] == beside.filter(pl.col("kpi_id") == "kept")["trust_grade"][0]


def test_numbers_are_as_they_were_and_in_their_order() -> None:
    rows = rows_of(number("k", 0.5, org_unit_id="b"), number("k", 0.4, org_unit_id="a", coverage=0.1))

    found = graded(rows, [registered("k")], evidence())

    judged = ["trust_grade", "flags"]
    assert found.drop(judged).equals(rows.drop(judged))
    assert graded(rows_of(), [registered("k")], evidence()).is_empty()
