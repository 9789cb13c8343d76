"""Promises kept: worked by hand, and what must never move it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tests.transforms.sample_organisation import cell, computed, facts, person, units
from tests.transforms.sample_tickets import at, promise, ticket

UNITS = units({"acme": None, "care": "acme", "desk": "acme"}, {"care": "front", "desk": "front"})
NIGHT = dt.date(2026, 4, 20)
MARCH = dt.date(2026, 3, 1)
# Five due in March: three kept, one late, one open; one cancelled, one due in April.
PROMISES = [
    promise(1, at(1), at(0)),
    promise(2, at(2), at(2)),
    promise(3, at(3), at(1)),
    promise(4, at(1), at(2)),
    promise(5, at(4), None),
    promise(6, at(4), None, is_cancelled=True),
    promise(7, at(35), None, org_unit_id="desk"),
]
TICKETS = [ticket(number) for number in range(1, 11)]


def march(promises: list[dict[str, Any]], unit: str = "acme", **tables: Any) -> dict[str, Any]:
    found = computed("promise_kept_rate", facts(run_on=NIGHT, org_unit=UNITS, promise=promises, **tables))
    return cell(
        type(found)(found.cells.filter(pl.col("period_grain") == "month"), found.people, found.crowd), unit, start=MARCH
    )


def test_worked_example() -> None:
    got = march(PROMISES, ticket=TICKETS)

    assert (got["value"], got["numerator"], got["denominator"], got["n_events"]) == (0.6, 3, 5, 5)
    assert (got["ci_low"], got["ci_high"]) == pytest.approx((0.230724, 0.882379), abs=1e-6)
    assert got["coverage"] == pytest.approx(0.7)  # 7 of 10 tickets opened carry a promise


def test_the_quarter_holds_its_months() -> None:
    found = computed("promise_kept_rate", facts(run_on=NIGHT, org_unit=UNITS, promise=PROMISES)).cells
    quarter = found.filter((pl.col("period_grain") == "quarter") & (pl.col("org_unit_id") == "acme"))

    assert quarter.select("numerator", "denominator").rows() == [(3, 5)]
    assert found.filter(pl.col("period_grain") == "quarter")["period_end"].unique().to_list() == [dt.date(2026, 3, 31)]


def test_a_promise_cannot_leave_by_staying_open() -> None:
    assert march(PROMISES)["denominator"] == march([*PROMISES[:4], promise(5, at(4), at(30))])["denominator"] == 5


def test_order_and_repetition_change_nothing() -> None:
    assert march(PROMISES[::-1] + PROMISES) == march(PROMISES)


def test_only_broken_promises_are_zero_and_none_are_no_number() -> None:
    broken = march([promise(number, at(1), None) for number in range(5)])
    none = march([promise(7, at(35), None)], ticket=TICKETS)

    assert (broken["value"], broken["state"]) == (0.0, "published")
    assert (none["value"], none["state"]) == (None, "not_enough_data")


def test_no_promise_at_all() -> None:
    assert computed("promise_kept_rate", facts(run_on=NIGHT, org_unit=UNITS, promise=[])).cells.is_empty()
    missing = computed("promise_kept_rate", facts(run_on=NIGHT, org_unit=UNITS, ticket=TICKETS)).cells
    assert missing["state"].unique().to_list() == ["source_missing"]


def test_one_agent_stands_behind_the_cell() -> None:
    found = computed("promise_kept_rate", facts(run_on=NIGHT, org_unit=UNITS, promise=[promise(1, at(1), at(0))]))

    assert found.people.filter(pl.col("period_grain") == "month")["person_key"].to_list() == [person(1)]


def test_teams_of_five_agents_are_drawn_to_their_office() -> None:
    teams = [f"team{number}" for number in range(8)]
    tree = units({"acme": None} | dict.fromkeys(teams, "acme"), dict.fromkeys(teams, "front"))
    promises = [
        promise(
            100 * number + made, at(1), at(0) if made < kept else None, org_unit_id=team, agent_key=person(made % 5)
        )
        for number, team in enumerate(teams)
        for made, kept in ((made, 9 if number < 4 else 1) for made in range(10))
    ]

    cells = computed("promise_kept_rate", facts(run_on=NIGHT, org_unit=tree, promise=promises)).cells
    shrunk = cells.filter(pl.col("period_grain") == "month").sort("org_unit_id")["shrunk_value"].to_list()

    # M = 63 / 44.2 - 1 trials of the common share 0.5 (worked in the test of the shrinkage itself).
    weight = 63 / 44.2 - 1
    expected = [(9 + weight / 2) / (10 + weight)] * 4 + [(1 + weight / 2) / (10 + weight)] * 4
    assert shrunk[0] is None  # the company holds the same promises again
    assert shrunk[1:] == pytest.approx(expected)
