"""Durability of an initiative, by hand: what is left of the first lift in weeks 10 to 13."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.transforms.sample_initiatives import LAUNCH, MEMBERS, acts, initiative, organisation
from tests.transforms.sample_organisation import cell, computed, member
from transforms.facts import Facts

WINDOW = LAUNCH + dt.timedelta(weeks=13)
BEFORE = dict.fromkeys(range(-13, 0), 2)
# 20 people: before 26 / 260 = 0.10; weeks 1-4: 40 / 80 = 0.50; weeks 10-13: 16 / 80 = 0.20.
EXAMPLE = BEFORE | dict.fromkeys(range(4), 10) | dict.fromkeys(range(4, 9), 6) | dict.fromkeys(range(9, 13), 4)


def durability(of: Facts, unit: str = "acme", start: dt.date = WINDOW) -> dict[str, object]:
    return cell(computed("initiative_durability", of), unit, "smile", start=start)


def test_worked_example() -> None:
    found = durability(organisation(acts(EXAMPLE), 27))

    assert found["value"] == pytest.approx((0.20 - 0.10) / (0.50 - 0.10))
    assert found["ci_low"] < 0.25 < found["ci_high"]  # type: ignore[operator]
    assert found["interval_method"] == "fieller"


def test_it_is_known_as_soon_as_thirteen_weeks_are_over() -> None:
    assert durability(organisation(acts(EXAMPLE), 14), start=LAUNCH)["value"] == pytest.approx(0.25)
    started = [initiative(launched_on=LAUNCH + dt.timedelta(weeks=1))]
    assert durability(organisation(acts(EXAMPLE), 14, started), start=LAUNCH)["state"] == "not_matured"
    later = [initiative(launched_on=LAUNCH + dt.timedelta(weeks=17))]
    assert durability(organisation(acts({17: 30, 18: 30}), 27, later))["state"] == "not_matured"


@pytest.mark.parametrize(("late", "expected"), [(2, 0.0), (10, 1.0), (20, 2.25)])
def test_gone_stayed_and_grown(late: int, expected: float) -> None:
    rows = acts(EXAMPLE | dict.fromkeys(range(9, 13), late))

    assert durability(organisation(rows, 27))["value"] == pytest.approx(expected)


def test_without_a_launch_lift_there_is_nothing_to_keep() -> None:
    found = durability(organisation(acts(dict.fromkeys(range(-13, 26), 2)), 27))

    assert (found["value"], found["state"], found["flags"]) == (None, "not_enough_data", "never_took_off")


def test_every_unit_from_its_own_acts() -> None:
    care = acts(EXAMPLE, people=range(10))
    shop = acts(dict.fromkeys(range(13), 5), people=range(10, 20))
    rows = [row | {"recognition_id": str(number)} for number, row in enumerate([*care, *shop])]

    of = organisation(rows, 27)

    assert durability(of, "care")["value"] == pytest.approx(0.25)
    assert durability(of, "shop")["value"] == pytest.approx(1.0)
    # Company: before 26 / 260, weeks 1-4 60 / 80, weeks 10-13 36 / 80.
    assert durability(of)["value"] == pytest.approx((0.45 - 0.10) / (0.75 - 0.10))


def test_order_and_copies_change_nothing_and_one_more_person_nearly_nothing() -> None:
    rows = acts(EXAMPLE)

    assert durability(organisation([*rows[::-1], *rows], 27)) == durability(organisation(rows, 27))
    more = durability(organisation(rows, 27, membership=[*MEMBERS, member(70, "care")]))
    assert more["value"] == pytest.approx(0.25)


def test_nothing_happened() -> None:
    assert durability(organisation([], 27))["flags"] == "fewer_than_10_acts"
