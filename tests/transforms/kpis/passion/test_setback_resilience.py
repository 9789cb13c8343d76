"""Setback resilience, by hand: what a team does in the month after it missed a target, and after it hit one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.sample_organisation import cell, computed, facts, member, moment, person, recognition, units
from tests.transforms.sample_tickets import promise, ticket
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
MONTHS = [dt.date(2025 + month // 12, month % 12 + 1, 1) for month in range(13)]  # January 2025 to January 2026
NIGHT = dt.date(2026, 2, 20)
QUARTER = dt.date(2025, 10, 1)
TEN = [member(number, "care") for number in range(10)]
# The KPI is promise_kept_rate with a goal of 0.9: a month with one promise of two broken misses it.
MISSED = {1, 4, 6, 9}
AFTER_MISS = {1: 3, 4: 4, 6: 3, 9: 2}


def promises(missed: set[int], unit: str = "care") -> list[dict[str, Any]]:
    rows = []
    for month, first in enumerate(MONTHS[:12]):
        for copy, late in ((0, False), (1, month in missed)):
            due = moment(first.replace(day=10))
            settled = due + dt.timedelta(hours=5 if late else -5)
            rows.append(
                promise(
                    1000 + 2 * month + copy,
                    due,
                    settled,
                    began_at=due - dt.timedelta(days=2),
                    org_unit_id=unit,
                    ticket_id=f"T{unit}",
                    promise_id=f"{unit} {month} {copy}",
                )
            )
    return rows


def targets(unit: str = "care", goal: float = 0.9, kpi_id: str = "promise_kept_rate") -> list[dict[str, Any]]:
    return [
        {"org_unit_id": unit, "kpi_id": kpi_id, "period_grain": "month", "period_start_on": first, "goal": goal}
        for first in MONTHS[:12]
    ]


def improvements(
    after: dict[int, int], after_hit: int = 2, months: range = range(-1, 12), first_person: int = 0
) -> list[dict[str, Any]]:
    """In the month after month m: `after[m]` events, else `after_hit`."""
    return [
        {
            "improvement_id": f"{first_person} {month} {number}",
            "at": moment(MONTHS[month + 1].replace(day=3 + number)),
            "event_type": "knowledge_edit",
            "person_key": person(first_person + number % 10),
        }
        for month in months
        for number in range(after.get(month, after_hit))
    ]


def organisation(**more: Any) -> Facts:
    tables: dict[str, Any] = {
        "membership": TEN,
        "ticket": [
            ticket(0, moment(MONTHS[0])) | {"ticket_id": f"T{unit}", "org_unit_id": unit} for unit in ("care", "shop")
        ],
        "promise": promises(MISSED),
        "target": targets(),
        "improvement_event": improvements(AFTER_MISS),
        # To somebody by somebody outside the team: a scheme that runs, and no behaviour of the team.
        "recognition": [recognition(70, 71, MONTHS[0])],
    }
    return facts(NIGHT, org_unit=UNITS, **(tables | more))


def resilience(of: Facts, unit: str = "care", start: dt.date = QUARTER) -> dict[str, Any]:
    return cell(computed("setback_resilience", of), unit, start=start)


def test_worked_example() -> None:
    # A cell of the last quarter of 2025 knows the months after January to November: 11 periods; of the next one, 12.
    later = organisation()
    found = cell(computed("setback_resilience", facts_of_spring(later)), "care", start=dt.date(2026, 1, 1))

    assert found["value"] == pytest.approx(30 - 20)
    assert (found["denominator"], found["flags"], found["interval_method"]) == (12.0, None, "fixed_effects_robust")
    assert found["ci_low"] < 10 < found["ci_high"]


def facts_of_spring(of: Facts, **more: Any) -> Facts:
    """The same rows, known in April 2026, when the first quarter is over."""
    tables = {name: of.table(name).collect() for name in of.provided}
    return facts(dt.date(2026, 4, 20), **(tables | more))


def spring(**more: Any) -> dict[str, Any]:
    return resilience(facts_of_spring(organisation(**more)), start=dt.date(2026, 1, 1))


def test_eleven_periods_are_too_few() -> None:
    assert resilience(organisation())["flags"] == "fewer_than_12_periods"


def test_recognitions_given_are_improvement_too() -> None:
    thanks = [
        recognition(number, 50 + receiver, MONTHS[month + 1].replace(day=5), recognition_id=f"{month} {number}")
        for month in range(12)
        for number in range(4 if month in MISSED else 2)
        for receiver in range(3)
    ]
    alone = facts_of_spring(organisation(recognition=thanks, improvement_event=[]))
    only = {name: alone.table(name).collect() for name in alone.provided - {"improvement_event"}}
    found = resilience(facts(dt.date(2026, 4, 20), **only), start=dt.date(2026, 1, 1))

    assert (found["value"], found["flags"]) == (pytest.approx(20.0), "recognitions_only")


def test_doing_the_same_after_a_miss_as_after_a_hit_is_zero() -> None:
    assert spring(improvement_event=improvements({}))["value"] == pytest.approx(0.0)


def test_always_hitting_or_always_missing_says_nothing() -> None:
    assert spring(promise=promises(set()))["flags"] == "never_missed_and_hit"
    assert spring(target=targets(goal=1.5))["flags"] == "never_missed_and_hit"


def test_a_team_is_compared_with_itself() -> None:
    # Shop always misses but one month and is far busier; within it nothing changes.
    shop = {"promise": [*promises(MISSED), *promises(set(range(11)), "shop")], "target": [*targets(), *targets("shop")]}
    events = [*improvements({}), *improvements({}, after_hit=9, first_person=20)]
    members = [*TEN, *(member(number, "shop") for number in range(20, 30))]
    of = facts_of_spring(organisation(**shop, improvement_event=events, membership=members))

    assert resilience(of, "acme", dt.date(2026, 1, 1))["value"] == pytest.approx(0.0)


def test_order_copies_and_a_target_of_an_unknown_kpi_change_nothing() -> None:
    of = organisation()
    again = {
        name: [*of.table(name).collect().to_dicts()[::-1], *of.table(name).collect().to_dicts()]
        for name in ("promise", "improvement_event", "membership", "recognition")
    }
    strange = targets(kpi_id="applause")

    assert spring(**again, target=[*targets()[::-1], *strange]) == spring()


def test_one_more_person_lowers_the_rate() -> None:
    assert spring(membership=[*TEN, member(40, "care")])["value"] == pytest.approx(10 * 10 / 11)


def test_the_people_are_the_members_of_units_with_targets() -> None:
    result = computed("setback_resilience", facts_of_spring(organisation(membership=[*TEN, member(60, "shop")])))
    assert result.people["person_key"].n_unique() == 10


def test_without_targets() -> None:
    bare = facts(NIGHT, org_unit=UNITS, recognition=[recognition(0, 1, MONTHS[0])])
    assert cell(computed("setback_resilience", bare), "acme")["flags"] == "missing:target"
    assert computed("setback_resilience", organisation(target=targets(kpi_id="applause"))).cells.is_empty()
