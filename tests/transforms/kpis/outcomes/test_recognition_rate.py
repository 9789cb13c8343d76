"""Recognitions per 100 active people, by hand."""

import datetime as dt

import pytest

from tests.transforms.sample_organisation import cell, computed, facts, member, recognition, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
LEFT = member(8, "care", valid_to_on=dt.date(2026, 1, 20))
MEMBERS = [*(member(number, "care") for number in range(8)), LEFT, member(20, "shop")]
JANUARY = dt.date(2026, 1, 12)


def organisation(receivers: list[int], members: list[dict[str, object]] | None = None) -> Facts:
    rows = [recognition(20, receiver, JANUARY, recognition_id=str(row)) for row, receiver in enumerate(receivers)]
    return facts(org_unit=UNITS, membership=MEMBERS if members is None else members, recognition=rows)


def test_worked_example() -> None:
    # Five to people of the team and one to a member who left early: 6 / 8.
    care = cell(computed("recognition_rate", organisation([0, 0, 1, 2, 3, 8])), "care")
    assert (care["value"], care["denominator"], care["n_events"]) == (pytest.approx(75.0), 8, 6)
    assert 0 <= care["ci_low"] < 75 < care["ci_high"]


def test_who_left_early_is_not_among_the_people_behind_it() -> None:
    people = computed("recognition_rate", organisation([0, 8])).people
    assert people.filter(people["org_unit_id"] == "care").height == 8


def test_thanks_to_oneself_do_not_count() -> None:
    assert cell(computed("recognition_rate", organisation([0, 20])), "shop")["value"] == 0.0


def test_a_unit_without_active_people_has_no_rate() -> None:
    of = organisation([8, 20], [LEFT, member(20, "shop")])
    assert cell(computed("recognition_rate", of), "care")["state"] == "not_enough_data"


def test_one_more_person_lowers_the_rate() -> None:
    more = organisation([0, 1, 2, 3], [*MEMBERS, member(9, "care")])
    assert cell(computed("recognition_rate", more), "care")["value"] == pytest.approx(400 / 9)


def test_the_order_of_rows_changes_nothing() -> None:
    forward = computed("recognition_rate", organisation([0, 0, 1, 2, 8]))
    backward = computed("recognition_rate", organisation([8, 2, 1, 0, 0], MEMBERS[::-1]))
    assert forward.cells.equals(backward.cells)
