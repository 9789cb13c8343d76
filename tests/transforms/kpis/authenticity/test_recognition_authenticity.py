"""Recognition authenticity, by hand: specific, original, not dumped, not a swap."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.sample_organisation import cell, computed, facts, moment, recognition, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
FEBRUARY = dt.date(2026, 2, 10)
MONTH_END = dt.date(2026, 2, 28)
# Fingerprints that differ from one another in far more than 9 bits.
TEXTS = [
    0,
    *(((1 << 21) - 1) << shift for shift in (0, 21, 42)),
    (1 << 42) - 1,
    0x5555_5555_5555_5555 & ((1 << 63) - 1),
]


def message(number: int, giver: int, receiver: int, **more: Any) -> dict[str, Any]:
    on = more.pop("on", FEBRUARY)
    return (
        recognition(giver, receiver, on)
        | {
            "recognition_id": f"m{number}",
            "giver_org_unit_id": "care",
            "receiver_org_unit_id": "care",
            "message_length": 60,
            "message_fingerprint": TEXTS[number % len(TEXTS)],
            "allowance_expires_on": MONTH_END,
        }
        | more
    )


# Ten messages: 7, 8, 9 are too short; 3 and 4 repeat their giver's earlier one; 5 was given on the last day; 8 and 9
# thank one another.
TEN = [
    message(0, 0, 10),
    message(1, 1, 10),
    message(2, 2, 10),
    message(3, 0, 11, message_fingerprint=TEXTS[0] ^ 0b111, on=FEBRUARY + dt.timedelta(days=3)),
    message(4, 1, 11, message_fingerprint=TEXTS[1], on=FEBRUARY + dt.timedelta(days=3)),
    message(5, 5, 10, on=MONTH_END),
    message(6, 6, 10),
    message(7, 7, 10, message_length=39),
    message(8, 8, 9, message_length=12),
    message(9, 9, 8, message_length=0),
]


def authenticity(rows: list[dict[str, Any]], component: str, unit: str = "care") -> dict[str, Any]:
    return cell(computed("recognition_authenticity", organisation(rows)), unit, component)


def organisation(rows: list[dict[str, Any]]) -> Facts:
    return facts(org_unit=UNITS, recognition=rows)


@pytest.mark.parametrize(
    ("component", "expected"), [("specific", 0.7), ("original", 0.8), ("not_dumped", 0.9), ("not_swap", 0.8)]
)
def test_worked_example(component: str, expected: float) -> None:
    found = authenticity(TEN, component)

    assert (found["value"], found["denominator"]) == (pytest.approx(expected), 10.0)
    assert found["interval_method"] == "wilson"


def test_a_mirror_counts_up_to_48_hours_before_and_after() -> None:
    at = moment(FEBRUARY)
    pair = [message(0, 0, 1, at=at), message(1, 1, 0, at=at + dt.timedelta(hours=48))]
    late = [message(0, 0, 1, at=at), message(1, 1, 0, at=at + dt.timedelta(hours=48, seconds=1))]
    assert authenticity(pair, "not_swap")["value"] == 0.0
    assert authenticity(late, "not_swap")["value"] == 1.0
    third = [message(0, 0, 1), message(1, 1, 2), message(2, 2, 0)]
    assert authenticity(third, "not_swap")["value"] == 1.0


def test_one_receiver_that_thanks_back_makes_a_message_to_several_a_swap() -> None:
    group = [message(0, 0, receiver) for receiver in (1, 2, 3)]
    found = authenticity([*group, message(1, 2, 0)], "not_swap")
    assert (found["value"], found["denominator"]) == (0.0, 2.0)


@pytest.mark.parametrize(("days_before", "dumped"), [(0, True), (1, True), (2, False), (-1, False)])
def test_the_last_two_days_before_expiry(days_before: int, dumped: bool) -> None:
    found = authenticity([message(0, 0, 1, on=MONTH_END - dt.timedelta(days=days_before))], "not_dumped")
    assert found["value"] == float(not dumped)


def test_only_the_last_fifty_messages_of_the_same_giver_are_compared() -> None:
    far = [TEXTS[1], TEXTS[2], TEXTS[3]]
    between = [
        message(n, 0, 1, message_fingerprint=far[n % 3], at=moment(FEBRUARY, 1) + dt.timedelta(minutes=n))
        for n in range(1, 51)
    ]
    again = message(51, 0, 1, message_fingerprint=TEXTS[5], at=moment(FEBRUARY, 20))
    first = message(0, 0, 1, message_fingerprint=TEXTS[5], at=moment(FEBRUARY, 0))
    # 3 texts once each, the first and, 51 messages later, the same again.
    assert authenticity([first, *between, again], "original")["numerator"] == 5.0
    assert authenticity([first, *between[1:], again], "original")["numerator"] == 4.0


def test_what_the_export_lacks_is_missing_and_not_zero() -> None:
    bare = [
        message(n, n, 10, message_length=None, message_fingerprint=None, allowance_expires_on=None) for n in range(6)
    ]
    result = computed("recognition_authenticity", organisation(bare))
    said = {name: cell(result, "acme", name) for name in ("specific", "original", "not_dumped", "not_swap")}
    assert {name: one["state"] for name, one in said.items()} == {
        "specific": "source_missing",
        "original": "source_missing",
        "not_dumped": "source_missing",
        "not_swap": "published",
    }
    assert said["not_dumped"]["flags"] == "missing:allowance_expires_on"


def test_a_message_without_a_text_is_not_specific_where_others_have_one() -> None:
    rows = [message(0, 0, 10), message(1, 1, 10, message_length=None, message_fingerprint=None)]
    assert authenticity(rows, "specific")["value"] == 0.5
    assert authenticity(rows, "original")["denominator"] == 1.0


def test_to_oneself_and_from_nobody_do_not_count() -> None:
    more = [message(20, 4, 4), message(21, 4, 5) | {"giver_key": None}]
    assert authenticity([*TEN, *more], "specific") == authenticity(TEN, "specific")


def test_order_and_copies_change_nothing_and_units_are_their_givers() -> None:
    assert authenticity([*TEN[::-1], *TEN], "original") == authenticity(TEN, "original")
    shop = [message(n, 20 + n, 10, giver_org_unit_id="shop", message_length=1) for n in range(30, 34)]
    result = computed("recognition_authenticity", organisation([*TEN, *shop]))
    assert cell(result, "shop", "specific")["value"] == 0.0
    assert cell(result, "acme", "specific")["value"] == pytest.approx(7 / 14)
    assert result.people["role"].unique().to_list() == ["givers"]
    assert result.people.filter(org_unit_id="care", component="specific")["person_key"].n_unique() == 8


def test_one_message_of_one_person_and_none() -> None:
    assert authenticity([message(0, 0, 1)], "specific")["value"] == 1.0
    assert computed("recognition_authenticity", organisation([])).cells.is_empty()
    assert cell(computed("recognition_authenticity", facts(org_unit=UNITS)), "acme")["state"] == "source_missing"
