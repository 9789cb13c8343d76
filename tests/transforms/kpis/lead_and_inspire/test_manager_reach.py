"""Manager reach, by hand: direct reports recognised by whoever was their manager that day."""

import datetime as dt

import pytest

from tests.transforms.sample_organisation import cell, computed, facts, member, person, recognition, units
from transforms.facts import Facts
from transforms.kpis.registry import kpi

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
# A 13-week window runs from 22 December 2025 to 22 March 2026; persons 20 and 21 manage.
WINDOW = dt.date(2025, 12, 22)
MEMBERS = [
    *(member(number, "care", manager_key=person(20)) for number in range(6)),
    *(member(number, "shop", manager_key=person(21)) for number in range(6, 12)),
    member(20, "care"),
    member(21, "shop"),
]
FEBRUARY = dt.date(2026, 2, 2)


def organisation(thanks: list[tuple[int, int]], members: list[dict[str, object]] | None = None) -> Facts:
    rows = [recognition(giver, receiver, FEBRUARY) for giver, receiver in thanks]
    return facts(org_unit=UNITS, membership=MEMBERS if members is None else members, recognition=rows)


def test_worked_example() -> None:
    own = [(20, number) for number in range(5)] + [(21, number) for number in range(6, 10)]
    colleagues = [(0, 10), (20, 11)]  # 20 does not manage 11
    result = computed("manager_reach", organisation(own + colleagues))
    assert cell(result, "acme")["value"] == pytest.approx(9 / 12)
    assert cell(result, "care")["value"] == pytest.approx(5 / 6)
    assert cell(result, "shop")["value"] == pytest.approx(4 / 6)
    assert cell(result, "acme")["period_start"] == WINDOW


def test_managers_without_a_manager_are_in_no_denominator() -> None:
    assert cell(computed("manager_reach", organisation([(0, 20)])), "acme")["denominator"] == 12


def test_a_hundred_thanks_to_one_report_reach_one_report() -> None:
    days = [FEBRUARY + dt.timedelta(number) for number in range(20)]
    of = facts(org_unit=UNITS, membership=MEMBERS, recognition=[recognition(20, 0, on) for on in days])
    assert cell(computed("manager_reach", of), "acme")["value"] == pytest.approx(1 / 12)


def test_after_a_change_of_manager_either_will_do() -> None:
    last = dt.date(2026, 2, 1)
    changed = [
        member(0, "care", manager_key=person(20), valid_to_on=last),
        member(0, "care", manager_key=person(21), valid_from_on=last + dt.timedelta(1)),
        *MEMBERS[1:],
    ]
    before = facts(org_unit=UNITS, membership=changed, recognition=[recognition(20, 0, last)])
    after = facts(org_unit=UNITS, membership=changed, recognition=[recognition(20, 0, FEBRUARY)])
    assert cell(computed("manager_reach", before), "acme")["numerator"] == 1
    assert cell(computed("manager_reach", after), "acme")["numerator"] == 0


def test_the_manager_of_the_team_one_left_is_no_credit_to_the_new_one() -> None:
    moved_on = dt.date(2026, 1, 19)
    moved = [
        member(0, "care", manager_key=person(20), valid_to_on=moved_on - dt.timedelta(1)),
        member(0, "shop", manager_key=person(21), valid_from_on=moved_on),
        *MEMBERS[1:],
    ]
    early = recognition(20, 0, moved_on - dt.timedelta(3))
    result = computed("manager_reach", facts(org_unit=UNITS, membership=moved, recognition=[early]))
    assert (cell(result, "shop")["numerator"], cell(result, "shop")["denominator"]) == (0, 7)


def test_nobody_recognised_is_zero_where_recognition_exists() -> None:
    care = cell(computed("manager_reach", organisation([(0, 6)])), "care")
    assert (care["value"], care["ci_low"], care["state"]) == (0.0, 0.0, "published")


def test_without_memberships_the_source_is_missing() -> None:
    result = computed("manager_reach", facts(org_unit=UNITS, recognition=[recognition(20, 0, FEBRUARY)]))
    assert cell(result, "acme")["flags"] == "missing:membership"


def test_it_warns_that_a_team_is_one_manager() -> None:
    assert "never for a comparison of managers" in kpi("manager_reach").kpi.pitfalls[0]
