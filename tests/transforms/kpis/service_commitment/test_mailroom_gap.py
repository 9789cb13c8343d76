"""Mailroom gap, by hand: front office minus back office, in what they see and in who is noticed."""

import datetime as dt

import polars as pl
import pytest

from tests.transforms.sample_organisation import answer, cell, computed, facts, item, member, recognition, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "post": "acme"})
ITEM = item("matters", "why_my_job_matters")
FRONT, BACK = range(10), range(10, 16)
MEMBERS = [member(n, "care", office="front") for n in FRONT] + [member(n, "post", office="back") for n in BACK]


def organisation(**more: object) -> Facts:
    # Front: 8 of 10 favourable. Back: 3 of 6.
    points = [5.0] * 8 + [2.0] * 2 + [4.0] * 3 + [1.0] * 3
    rows = [answer(number, "matters", value) for number, value in enumerate(points)]
    tables = {"membership": MEMBERS, "survey_item": [ITEM], "survey_response": rows} | more
    return facts(org_unit=UNITS, **tables)  # type: ignore[arg-type]


def test_worked_example() -> None:
    company = cell(computed("mailroom_gap", organisation()), "acme")
    assert company["value"] == pytest.approx(8 / 10 - 3 / 6)
    # Newcombe's interval of 8/10 - 3/6 by hand from the Wilson bounds (.4902, .9433) and (.1876, .8124).
    low = 0.3 - ((0.8 - 0.4902) ** 2 + (0.8124 - 0.5) ** 2) ** 0.5
    high = 0.3 + ((0.9433 - 0.8) ** 2 + (0.5 - 0.1876) ** 2) ** 0.5
    assert (company["ci_low"], company["ci_high"]) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    assert (company["denominator"], company["coverage"]) == (16, 1.0)


def test_who_is_noticed() -> None:
    # Received one: persons 1 to 5 of the ten in front, 10 and 11 of the six in the back; 12 thanks itself in vain.
    thanks = [recognition(0, number, dt.date(2026, 2, 2)) for number in (1, 2, 3, 4, 5, 10, 11)]
    thanks.append(recognition(12, 12, dt.date(2026, 2, 3)))
    company = cell(computed("mailroom_gap", organisation(recognition=thanks)), "acme", "recognition")
    assert company["value"] == pytest.approx(5 / 10 - 2 / 6)


def test_a_side_under_the_minimum_group_makes_no_gap() -> None:
    members = [row if index < 14 else row | {"office": "front"} for index, row in enumerate(MEMBERS)]
    company = cell(computed("mailroom_gap", organisation(membership=members)), "acme")
    assert (company["state"], company["flags"], company["value"]) == ("not_enough_data", "office_too_small", None)


def test_an_office_that_nearly_all_answers_alike_makes_no_gap() -> None:
    # Back: 5 of 6. In front 8 of 10: the gap of -0.03 would say so, and that 6 of 6 is not far.
    points = [5.0] * 8 + [2.0] * 2 + [4.0] * 5 + [1.0]
    rows = [answer(number, "matters", value) for number, value in enumerate(points)]
    company = cell(computed("mailroom_gap", organisation(survey_response=rows)), "acme")
    assert (company["state"], company["flags"], company["value"]) == (
        "not_enough_data",
        "office_nearly_unanimous",
        None,
    )


def test_a_team_of_one_office_has_no_gap() -> None:
    assert cell(computed("mailroom_gap", organisation()), "care")["state"] == "not_enough_data"


def test_without_offices_the_gap_says_so() -> None:
    members = [row | {"office": None} for row in MEMBERS]
    result = computed("mailroom_gap", organisation(membership=members))
    company = cell(result, "acme")
    assert (company["state"], company["flags"]) == ("not_enough_data", "office_unknown")
    assert result.people.is_empty()


def test_people_without_an_office_are_left_out_and_not_counted() -> None:
    members = [*MEMBERS, member(16, "post")]
    rows = [answer(number, "matters", 5.0 if number % 2 else 1.0) for number in range(17)]
    result = computed("mailroom_gap", organisation(membership=members, survey_response=rows))
    company = cell(result, "acme")
    assert (company["denominator"], company["coverage"]) == (16, pytest.approx(16 / 17))
    assert result.people.height == 16


def test_both_offices_alike_is_no_gap() -> None:
    rows = [answer(number, "matters", 5.0 if number % 2 else 1.0) for number in range(16)]
    assert cell(computed("mailroom_gap", organisation(survey_response=rows)), "acme")["value"] == 0.0


def test_the_order_of_rows_changes_nothing() -> None:
    of = organisation()
    backwards = organisation(
        survey_response=of.table("survey_response").collect().reverse(),
        membership=pl.DataFrame(of.table("membership").collect()).reverse(),
    )
    assert computed("mailroom_gap", of).cells.equals(computed("mailroom_gap", backwards).cells)
