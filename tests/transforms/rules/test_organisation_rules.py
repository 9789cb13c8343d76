import datetime as dt

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.facts.org_tree import MAXIMUM_DEPTH
from transforms.rules import STAGED_RULES
from transforms.rules.organisation import DEEPEST

RULES = {(rule.table, rule.id): rule for rule in STAGED_RULES}
ANNA, BELA = "p_" + "a" * 32, "p_" + "b" * 32


def on(month: int, day: int) -> dt.date:
    return dt.date(2026, month, day)


def unit(unit_id: str, parent: str | None, since: dt.date = dt.date(2020, 1, 1)) -> dict[str, object]:
    return {"org_unit_id": unit_id, "parent_org_unit_id": parent, "valid_from_on": since}


def stay(person: str, team: str, since: dt.date, until: dt.date | None = None) -> dict[str, object]:
    return {"person_key": person, "org_unit_id": team, "valid_from_on": since, "valid_to_on": until}


def rows(table: str, *given: dict[str, object]) -> pl.LazyFrame:
    schema = STAGED[table].create_empty().schema
    filled = [{"source": "hr", "source_page": "page-1", "source_row": n} | row for n, row in enumerate(given, 1)]
    return pl.DataFrame(filled, schema=schema).lazy()


def failing(rule: str, table: str, given: pl.LazyFrame, known: pl.LazyFrame | None = None) -> list[str]:
    lake = {} if known is None else {table: known}
    found = RULES[table, rule].check({table: given}, lake).collect()
    return found.filter(~pl.col("holds"))["org_unit_id"].sort().to_list()


def test_a_tree_has_no_unit_above_itself() -> None:
    tree = rows("org_unit", unit("company", None), unit("north", "company"), unit("desk", "north"))

    assert failing("unit_above_itself", "org_unit", tree) == []


def test_units_in_a_circle_and_those_below_them_are_found() -> None:
    tree = rows(
        "org_unit", unit("company", None), unit("a", "b"), unit("b", "a"), unit("below", "a"), unit("fine", "company")
    )

    assert failing("unit_above_itself", "org_unit", tree) == ["a", "b", "below"]


def test_a_unit_that_is_its_own_parent_is_a_circle() -> None:
    assert failing("unit_above_itself", "org_unit", rows("org_unit", unit("a", "a"))) == ["a"]


def test_a_circle_may_close_through_a_unit_that_is_already_known() -> None:
    known = rows("org_unit", unit("company", None), unit("a", "company"), unit("b", "a"))
    moved = rows("org_unit", unit("a", "b", on(3, 1)))

    assert failing("unit_above_itself", "org_unit", moved, known) == ["a"]


def test_two_units_may_change_places_over_time() -> None:
    tree = rows(
        "org_unit",
        unit("company", None),
        unit("a", "company"),
        unit("b", "a"),
        unit("a", "b", on(3, 1)),
        unit("b", "company", on(3, 1)),
    )

    assert failing("unit_above_itself", "org_unit", tree) == []


def test_a_chain_of_thirty_levels_is_a_tree_as_the_facts_see_it() -> None:
    chain = [unit("u0", None), *(unit(f"u{n}", f"u{n - 1}") for n in range(1, DEEPEST + 1))]

    assert failing("unit_above_itself", "org_unit", rows("org_unit", *chain)) == []
    assert DEEPEST == MAXIMUM_DEPTH


def test_more_than_one_top_is_said() -> None:
    one, two = unit("company", None), unit("subsidiary", None)

    assert failing("several_tops", "org_unit", rows("org_unit", one, unit("desk", "company"))) == []
    assert failing("several_tops", "org_unit", rows("org_unit", one, two)) == ["company", "subsidiary"]


@pytest.mark.parametrize(("until", "expected"), [(None, []), (on(1, 1), []), (dt.date(2025, 12, 31), ["desk"])])
def test_a_version_ends_after_it_begins(until: dt.date | None, expected: list[str]) -> None:
    units = rows("org_unit", unit("desk", "company", on(1, 1)) | {"valid_to_on": until})

    assert failing("validity_reversed", "org_unit", units) == expected
    assert (
        failing("validity_reversed", "membership", rows("membership", stay(ANNA, "desk", on(1, 1), until))) == expected
    )


@pytest.mark.parametrize(
    ("second_from", "gap", "overlap"),
    [(on(2, 1), [], []), (on(2, 2), ["second"], []), (on(1, 31), [], ["second"]), (on(1, 1), [], ["second"])],
)
def test_stays_of_a_person_follow_one_another(second_from: dt.date, gap: list[str], overlap: list[str]) -> None:
    stays = rows("membership", stay(ANNA, "first", on(1, 1), on(1, 31)), stay(ANNA, "second", second_from, on(6, 1)))

    assert failing("membership_gap", "membership", stays) == gap
    assert failing("membership_overlap", "membership", stays) == overlap


def test_a_short_stay_inside_a_long_one_leaves_no_gap_after_it() -> None:
    stays = rows(
        "membership",
        stay(ANNA, "long", on(1, 1), on(6, 30)),
        stay(ANNA, "short", on(2, 1), on(2, 15)),
        stay(ANNA, "next", on(7, 1)),
    )

    assert failing("membership_gap", "membership", stays) == []
    assert failing("membership_overlap", "membership", stays) == ["short"]


def test_people_are_judged_apart_and_against_what_is_known() -> None:
    known = rows("membership", stay(ANNA, "first", on(1, 1)), stay(BELA, "first", on(1, 1), on(1, 31)))
    new = rows("membership", stay(ANNA, "second", on(3, 1)), stay(BELA, "third", on(3, 1)))

    assert failing("membership_overlap", "membership", new, known) == ["second"]
    assert failing("membership_gap", "membership", new, known) == ["third"]
