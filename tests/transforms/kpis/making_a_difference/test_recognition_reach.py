"""Recognition reach, by hand: active people who received, who gave, and the band of those who never received."""

import datetime as dt

import pytest

from tests.transforms.sample_organisation import QUARTER, cell, computed, facts, member, recognition, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
MEMBERS = [member(number, "care" if number < 6 else "shop") for number in range(10)]
FEBRUARY = dt.date(2026, 2, 2)
# Received: 0, 1, 2, 3 of care and 6, 7 of shop, one of them twice. Gave: 0, 1, 8, 9.
THANKS = [(0, 1), (1, 2), (1, 3), (8, 0), (8, 6), (9, 7), (9, 0)]


def organisation(thanks: list[tuple[int, int]], **more: object) -> Facts:
    rows = [recognition(giver, receiver, FEBRUARY) for giver, receiver in thanks]
    return facts(org_unit=UNITS, **({"membership": MEMBERS, "recognition": rows} | more))  # type: ignore[arg-type]


def test_worked_example() -> None:
    result = computed("recognition_reach", organisation(THANKS))
    assert cell(result, "acme", "receivers")["value"] == pytest.approx(6 / 10)
    assert cell(result, "acme", "givers")["value"] == pytest.approx(4 / 10)
    assert cell(result, "care", "receivers")["value"] == pytest.approx(4 / 6)
    assert cell(result, "care", "givers")["value"] == pytest.approx(2 / 6)
    never = cell(result, "acme", "never_recognised")
    assert (never["verdict"], never["value"], never["ci_low"], never["ci_high"]) == ("0.4 to 0.6", 0.5, 0.4, 0.6)
    assert (never["numerator"], never["interval_method"]) == (None, "band")


@pytest.mark.parametrize(
    ("received", "band"), [(0, "0.8 to 1.0"), (2, "0.8 to 1.0"), (3, "0.6 to 0.8"), (10, "0.0 to 0.2")]
)
def test_every_share_lies_in_a_band(received: int, band: str) -> None:
    thanks = [(90, number) for number in range(received)] or [(90, 91)]
    assert cell(computed("recognition_reach", organisation(thanks)), "acme", "never_recognised")["verdict"] == band


def test_thanking_oneself_reaches_nobody() -> None:
    result = computed("recognition_reach", organisation([(0, 0)]))
    assert {row: cell(result, "acme", row)["value"] for row in ("receivers", "givers")} == {"receivers": 0, "givers": 0}


def test_a_quarter_without_any_recognition_is_no_zero() -> None:
    of = organisation(THANKS)
    later = facts(
        dt.date(2026, 7, 20),
        org_unit=UNITS,
        membership=MEMBERS,
        recognition=of.table("recognition").collect(),
    )
    assert computed("recognition_reach", later).cells["period_start"].unique().to_list() == [QUARTER]


def test_one_more_active_person_enters_the_denominator_only() -> None:
    more = computed("recognition_reach", organisation(THANKS, membership=[*MEMBERS, member(10, "shop")]))
    assert cell(more, "acme", "receivers")["value"] == pytest.approx(6 / 11)


def test_who_is_in_two_teams_is_one_person_of_the_company() -> None:
    result = computed("recognition_reach", organisation(THANKS, membership=[*MEMBERS, member(0, "shop")]))
    assert cell(result, "acme", "receivers")["denominator"] == 10
    assert cell(result, "shop", "receivers")["value"] == pytest.approx(3 / 5)


def test_order_and_copies_change_nothing() -> None:
    rows = [recognition(giver, receiver, FEBRUARY) for giver, receiver in THANKS]
    again = organisation([], recognition=[*rows[::-1], *rows], membership=MEMBERS[::-1])
    assert computed("recognition_reach", again).cells.equals(computed("recognition_reach", organisation(THANKS)).cells)


def test_the_people_are_the_active_members() -> None:
    people = computed("recognition_reach", organisation(THANKS)).people
    assert people["person_key"].n_unique() == 10
    assert people["role"].unique().to_list() == ["members"]


def test_no_recognition_source_is_a_missing_source() -> None:
    result = computed("recognition_reach", facts(org_unit=UNITS, membership=MEMBERS))
    assert (cell(result, "acme")["state"], cell(result, "acme")["flags"]) == ("source_missing", "missing:recognition")


def test_an_empty_recognition_table_has_no_cells() -> None:
    assert computed("recognition_reach", organisation([])).cells.is_empty()
