"""Reopened within 14 days, among tickets first solved in the period."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from tests.transforms.sample_organisation import cell, computed, facts, units
from tests.transforms.sample_tickets import at, event, ticket

UNITS = units({"acme": None, "care": "acme", "desk": "acme"})
MARCH = dt.date(2026, 3, 1)


def month(
    tickets: list[dict[str, Any]], events: list[dict[str, Any]], unit: str = "acme", night: int = 20
) -> dict[str, Any]:
    run_on = dt.date(2026, 4, night)
    found = computed("reopen_rate", facts(run_on=run_on, org_unit=UNITS, ticket=tickets, ticket_event=events))
    monthly = type(found)(found.cells.filter(pl.col("period_grain") == "month"), found.people, found.crowd)
    return cell(monthly, unit, start=MARCH)


def solved(number: int, *reopened_on: int, **more: Any) -> list[dict[str, Any]]:
    events = [event(number, at(0), "status", "solved", **more)]
    for day in reopened_on:
        events += [event(number, at(day), "status", "open"), event(number, at(day, 12), "status", "solved")]
    return events


TICKETS = [ticket(number) for number in range(1, 5)]
EVENTS = [*solved(1, 3), *solved(2, 20), *solved(3), *solved(4)]


def test_worked_example() -> None:
    got = month(TICKETS, EVENTS)

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.25, 1, 4, 1.0)


def test_a_ticket_reopened_three_times_is_one_ticket() -> None:
    assert month([ticket(1)], solved(1, 1, 2, 3))["value"] == 1.0


def test_unripe_until_14_days_after_the_month() -> None:
    assert month(TICKETS, EVENTS, night=13)["state"] == "not_matured"
    assert month(TICKETS, EVENTS, night=14)["state"] == "published"


def test_belongs_to_the_team_that_solved_it_first() -> None:
    events = solved(1, 3, org_unit_id="desk")

    assert month([ticket(1)], events, "desk")["value"] == 1.0
    assert month([ticket(1)], events, "care") == {"cells found": 0}


def test_without_a_timeline_it_lowers_the_coverage_only() -> None:
    got = month([*TICKETS, ticket(5, solved_at=at(1), status="solved")], EVENTS)

    assert (got["value"], got["denominator"], got["coverage"]) == (0.25, 4, 0.8)


def test_order_and_repetition_change_nothing() -> None:
    assert month(TICKETS[::-1], EVENTS[::-1] + EVENTS) == month(TICKETS, EVENTS)


def test_nobody_came_back() -> None:
    got = month(TICKETS, [row for number in range(1, 5) for row in solved(number)])

    assert (got["value"], got["state"]) == (0.0, "published")
    assert got["ci_high"] > 0.4  # four tickets prove little


def test_no_tickets() -> None:
    assert computed("reopen_rate", facts(org_unit=UNITS, ticket=[], ticket_event=[])).cells.is_empty()
