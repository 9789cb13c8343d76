"""Silo excess, by hand: what stays within the team beyond what random mixing would keep there."""

import datetime as dt
import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.sample_organisation import cell, computed, facts, member, recognition, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
MEMBERS = [member(number, "care" if number < 5 else "shop") for number in range(10)]
FEBRUARY = dt.date(2026, 2, 2)
Thanks = list[tuple[int, int]]
# Ten recognitions, eight within a team, and one to oneself that does not count.
EXAMPLE: Thanks = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, 0), (3, 3)]


def organisation(thanks: Thanks, members: list[dict[str, object]] | None = None) -> Facts:
    rows = [
        recognition(giver, receiver, FEBRUARY, recognition_id=str(row)) for row, (giver, receiver) in enumerate(thanks)
    ]
    return facts(org_unit=UNITS, membership=MEMBERS if members is None else members, recognition=rows)


def excess(thanks: Thanks, unit: str = "acme", members: list[dict[str, object]] | None = None) -> float:
    value = cell(computed("silo_excess", organisation(thanks, members)), unit)["value"]
    assert isinstance(value, float)
    return value


def test_worked_example() -> None:
    observed = (2 - 8) / 10
    expected = 1 - 2 * 4 / 9
    company = cell(computed("silo_excess", organisation(EXAMPLE)), "acme")
    assert company["value"] == pytest.approx(expected - observed)
    assert (company["denominator"], company["numerator"], company["coverage"]) == (10, None, 1.0)
    assert company["ci_low"] < company["value"] < company["ci_high"]


def test_nothing_within_the_team_leaves_doubt() -> None:
    # Five of care thank once each, all of them outside: 0 of 5 within, by Wilson up to 0.4345.
    care = cell(computed("silo_excess", organisation([(giver, giver + 5) for giver in range(5)])), "care")
    assert (care["value"], care["ci_low"]) == (pytest.approx(-2 * 4 / 9), pytest.approx(-2 * 4 / 9))
    assert care["ci_high"] == pytest.approx(2 * (0.4345 - 4 / 9), abs=1e-4)


def test_recognitions_belong_to_the_givers_team() -> None:
    # All four of care stay within; of shop's three one does.
    thanks = [(0, 1), (0, 2), (1, 3), (2, 4), (5, 6), (6, 0), (7, 1)]
    assert excess(thanks, "care") == pytest.approx(2 * (1 - 4 / 9))
    assert excess(thanks, "shop") == pytest.approx(2 * (1 / 3 - 4 / 9))


def test_everyone_thanking_everyone_is_no_silo() -> None:
    assert excess(list(itertools.permutations(range(10), 2))) == pytest.approx(0.0)


def test_a_large_team_is_no_silo_for_being_large() -> None:
    members = [member(number, "care" if number < 8 else "shop") for number in range(10)]
    assert excess(list(itertools.permutations(range(10), 2)), "care", members) == pytest.approx(0.0)


def test_recognitions_without_a_known_team_lower_the_coverage_and_count_nobody() -> None:
    result = computed("silo_excess", organisation([(0, 1), (0, 77), (88, 1)]))
    company = cell(result, "acme")
    assert (company["denominator"], company["coverage"]) == (1, pytest.approx(1 / 3))
    assert result.people.filter(pl.col("role") == "givers").height == 1


def test_a_single_giver_has_a_value_and_no_interval() -> None:
    company = cell(computed("silo_excess", organisation([(0, 1), (0, 6)])), "acme")
    assert company["value"] == pytest.approx(2 * (0.5 - 4 / 9))
    assert (company["ci_low"], company["ci_high"]) == (None, None)


def test_only_self_recognition_has_no_cells() -> None:
    assert computed("silo_excess", organisation([(0, 0), (1, 1)])).cells.is_empty()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30), st.integers(0, 29))
def test_within_bounds_in_any_order(thanks: Thanks, turn: int) -> None:
    turned = thanks[turn % len(thanks) :] + thanks[: turn % len(thanks)]
    cells = computed("silo_excess", organisation(thanks)).cells
    assert computed("silo_excess", organisation(turned)).cells.equals(cells)
    assert cells["value"].is_between(-2, 2).all()
