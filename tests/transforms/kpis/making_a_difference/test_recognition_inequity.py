"""Recognition inequity, by hand: the Gini of receipts beyond what fair chance gives."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.transforms.sample_organisation import cell, computed, facts, member, recognition, units
from transforms.facts import Facts
from transforms.stats.inequality import expected_gini

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
FEBRUARY = dt.date(2026, 2, 2)
EXAMPLE = [0, 0, 1, 3, 2, 0, 7, 1, 1, 4]
GIVER = 99


def organisation(receipts: list[int], unit: str = "care", **more: object) -> Facts:
    thanks = [
        recognition(GIVER, person, FEBRUARY, recognition_id=f"{person} {number}")
        for person, count in enumerate(receipts)
        for number in range(count)
    ]
    members = [member(person, unit) for person in range(len(receipts))]
    return facts(org_unit=UNITS, **({"membership": members, "recognition": thanks} | more))  # type: ignore[arg-type]


def inequity(of: Facts, unit: str = "care") -> dict[str, object]:
    return cell(computed("recognition_inequity", of), unit)


def test_worked_example() -> None:
    found = inequity(organisation(EXAMPLE))

    receipts = np.array(EXAMPLE)
    mean_difference = np.abs(receipts[:, None] - receipts[None, :]).sum() / 90
    assert mean_difference == pytest.approx(2.42, abs=0.005)
    assert found["value"] == pytest.approx(0.637 - 0.398, abs=0.001)
    assert found["ci_low"] < found["value"] < found["ci_high"]  # type: ignore[operator]
    assert (found["denominator"], found["n_events"], found["interval_method"]) == (10.0, 19, "jackknife")


def test_all_to_one_person_is_the_most_and_a_rota_less_than_chance() -> None:
    most = inequity(organisation([20] + [0] * 9))
    assert most["value"] == pytest.approx(1 - float(expected_gini(10, 20)))
    assert inequity(organisation([2] * 10))["value"] == pytest.approx(-float(expected_gini(10, 20)))


def test_ten_people_and_ten_recognitions_are_needed() -> None:
    small = inequity(organisation([3] * 9))
    assert (small["value"], small["flags"]) == (None, "fewer_than_10_people")
    few = inequity(organisation([1] * 9 + [0]))
    assert (few["value"], few["flags"]) == (None, "fewer_than_10_recognitions")


def test_thanking_oneself_does_not_count() -> None:
    of = organisation(EXAMPLE)
    rows = of.table("recognition").collect().to_dicts()
    selfish = [recognition(3, 3, FEBRUARY, recognition_id=f"self {number}") for number in range(9)]
    members = [member(person, "care") for person in range(10)]
    assert inequity(organisation([], recognition=[*rows, *selfish], membership=members)) == inequity(of)


def test_the_company_is_computed_from_people_not_from_its_teams() -> None:
    members = [member(person, "care" if person < 10 else "shop") for person in range(20)]
    of = organisation([1] * 10 + [5] * 10, membership=members)

    receipts = np.array([1] * 10 + [5] * 10)
    gini = np.abs(receipts[:, None] - receipts[None, :]).sum() / (2 * 20 * 19 * 3)
    assert inequity(of, "acme")["value"] == pytest.approx(gini - float(expected_gini(20, 60)))
    assert inequity(of, "shop")["value"] < 0  # type: ignore[operator]


def test_one_more_person_without_a_recognition_makes_it_less_even() -> None:
    assert inequity(organisation([*EXAMPLE, 0]))["value"] > inequity(organisation(EXAMPLE))["value"]  # type: ignore[operator]


def test_order_and_copies_change_nothing() -> None:
    of = organisation(EXAMPLE)
    rows = of.table("recognition").collect().to_dicts()
    members = [member(person, "care") for person in range(10)]
    assert inequity(organisation([], recognition=[*rows[::-1], *rows], membership=members[::-1])) == inequity(of)


def test_alone_silent_and_empty() -> None:
    assert inequity(organisation([12]))["state"] == "not_enough_data"
    assert computed("recognition_inequity", organisation([0] * 12)).cells.is_empty()
    assert inequity(facts(org_unit=UNITS), "acme")["flags"] == "missing:recognition"
