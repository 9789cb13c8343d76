from __future__ import annotations

import datetime as dt

import polars as pl

from transforms.contracts import STAGED
from transforms.staging.versions import versions_after

MEMBERSHIP = STAGED["membership"]
BEGAN = dt.date(2024, 1, 1)


def day(number: int) -> dt.date:
    return dt.date(2025, 3, number)


def shown(*people: tuple[str, str]) -> pl.DataFrame:
    """A snapshot: who is in which team. Everybody's account dates from the beginning of 2024."""
    return pl.DataFrame(
        [
            {"source": "hr", "source_page": "page", "source_row": row, "person_key": person, "org_unit_id": team}
            | {"valid_from_on": BEGAN}
            for row, (person, team) in enumerate(people, start=1)
        ],
        schema=MEMBERSHIP.create_empty().schema,
    )


def nights(*snapshots: tuple[int, pl.DataFrame], is_whole: bool = True) -> list[tuple[object, ...]]:
    """What is known after snapshots of some days of March 2025, as person, team, from, to."""
    known = MEMBERSHIP.create_empty()
    for number, snapshot in snapshots:
        known = versions_after(MEMBERSHIP, known, snapshot, "person_key", day(number), is_whole=is_whole)
    return known.select("person_key", "org_unit_id", "valid_from_on", "valid_to_on").rows()


def test_a_stay_begins_with_the_account_and_lasts() -> None:
    assert nights((1, shown(("ann", "desk"))), (2, shown(("ann", "desk")))) == [("ann", "desk", BEGAN, None)]


def test_who_moves_ends_one_stay_and_begins_another() -> None:
    found = nights((1, shown(("ann", "desk"))), (5, shown(("ann", "shop"))), (9, shown(("ann", "desk"))))

    assert found == [
        ("ann", "desk", BEGAN, day(4)),
        ("ann", "shop", day(5), day(8)),
        ("ann", "desk", day(9), None),
    ]


def test_who_is_not_shown_has_left_and_may_come_back() -> None:
    both, one = shown(("ann", "desk"), ("ben", "desk")), shown(("ann", "desk"))

    assert nights((1, both), (5, one), (9, both)) == [
        ("ann", "desk", BEGAN, None),
        ("ben", "desk", BEGAN, day(4)),
        ("ben", "desk", day(9), None),
    ]


def test_nobody_leaves_while_the_snapshot_is_not_whole() -> None:
    both, one = shown(("ann", "desk"), ("ben", "desk")), shown(("ann", "shop"))

    assert nights((1, both), (5, one), is_whole=False) == [
        ("ann", "desk", BEGAN, day(4)),
        ("ann", "shop", day(5), None),
        ("ben", "desk", BEGAN, None),
    ]


def test_the_last_snapshot_of_a_day_counts() -> None:
    desk, shop, nobody = shown(("ann", "desk")), shown(("ann", "shop")), shown()

    assert nights((1, desk), (5, shop), (5, desk)) == [("ann", "desk", BEGAN, None)]
    assert nights((1, desk), (5, nobody), (5, desk)) == [("ann", "desk", BEGAN, None)]
    assert nights((1, desk), (5, shop), (5, nobody)) == [("ann", "desk", BEGAN, day(4))]
