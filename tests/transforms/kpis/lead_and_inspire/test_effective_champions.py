"""Effective champions, by hand: how evenly an initiative's acts are spread over its givers."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.transforms.sample_initiatives import LAUNCH, acts, organisation
from tests.transforms.sample_organisation import cell, computed, recognition
from transforms.facts import Facts


def thanks(counts: dict[int, int], week: int = 1) -> list[dict[str, object]]:
    on = LAUNCH + dt.timedelta(weeks=week)
    return [
        recognition(giver, 19, on, recognition_id=f"{giver} {act}", tags=["smile"])
        for giver, number in counts.items()
        for act in range(number)
    ]


def champions(of: Facts, unit: str = "acme") -> dict[str, object]:
    return cell(computed("effective_champions", of), unit, "smile", start=LAUNCH)


def test_worked_example() -> None:
    found = champions(organisation(thanks({0: 4, 1: 3, 2: 2, 3: 1}), 14))

    assert found["value"] == pytest.approx(1 / 0.30)
    # Sum of cubes 0.1: error sqrt(4 * (0.1 - 0.09) / 10) = 0.0632.
    assert found["ci_low"] == pytest.approx(1 / (0.30 + 1.959964 * 0.0632456), rel=1e-4)
    assert found["ci_high"] == 4.0


def test_one_giver_is_one_champion_and_equals_count_in_full() -> None:
    alone = champions(organisation(thanks({0: 12}), 14))
    assert (alone["value"], alone["ci_low"], alone["ci_high"]) == (1.0, 1.0, 1.0)
    assert champions(organisation(thanks(dict.fromkeys(range(7), 3)), 14))["value"] == pytest.approx(7.0)


def test_acts_before_the_launch_and_acts_of_others_do_not_count() -> None:
    rows = [
        *thanks({0: 5, 1: 5}),
        *[row | {"recognition_id": f"early {n}"} for n, row in enumerate(thanks({2: 9}, -3))],
    ]
    assert champions(organisation(rows, 14))["value"] == pytest.approx(2.0)
    other = [row | {"tags": ["other"], "recognition_id": f"other {n}"} for n, row in enumerate(thanks({3: 9}))]
    assert champions(organisation([*rows, *other], 14))["value"] == pytest.approx(2.0)


def test_ten_acts_are_needed() -> None:
    found = champions(organisation(thanks({0: 5, 1: 4}), 14))
    assert (found["value"], found["flags"]) == (None, "fewer_than_10_acts")


def test_every_unit_from_its_own_givers_and_the_people_are_they() -> None:
    result = computed("effective_champions", organisation(thanks({0: 10, 1: 10, 11: 20}), 14))

    assert cell(result, "care", "smile", start=LAUNCH)["value"] == pytest.approx(2.0)
    assert cell(result, "shop", "smile", start=LAUNCH)["value"] == pytest.approx(1.0)
    assert cell(result, "acme", "smile", start=LAUNCH)["value"] == pytest.approx(1 / (0.0625 + 0.0625 + 0.25))
    assert result.people["role"].unique().to_list() == ["givers"]


def test_order_and_copies_change_nothing_and_nobody_is_nothing() -> None:
    rows = thanks({0: 4, 1: 3, 2: 2, 3: 1})
    assert champions(organisation([*rows[::-1], *rows], 14)) == champions(organisation(rows, 14))
    assert computed("effective_champions", organisation([], 14)).cells.is_empty()
    assert computed("effective_champions", organisation(acts({-2: 12}), 14)).cells.is_empty()
