"""Hoops a customer goes through, standardised by category."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tests.transforms.sample_organisation import cell, computed, facts, person, units
from tests.transforms.sample_tickets import at, event, ticket

UNITS = units({"acme": None, "care": "acme", "desk": "acme"})
NIGHT = dt.date(2026, 4, 20)
MARCH = dt.date(2026, 3, 1)


def month(
    tickets: list[dict[str, Any]], events: list[dict[str, Any]], unit: str, component: str = "mean"
) -> dict[str, Any]:
    found = computed("hoop_index", facts(run_on=NIGHT, org_unit=UNITS, ticket=tickets, ticket_event=events))
    monthly = type(found)(found.cells.filter(pl.col("period_grain") == "month"), found.people, found.crowd)
    return cell(monthly, unit, component, start=MARCH)


def passed_on(number: int, hoops: int, unit: str = "care") -> list[dict[str, Any]]:
    """Events of a ticket that `hoops` agents held after the first, all of one team, solved at the end."""
    held = [event(number, at(hop), "assignee", org_unit_id=unit, agent_key=person(hop)) for hop in range(hoops + 1)]
    return [*held, event(number, at(hoops, 12), "status", "solved", org_unit_id=unit, agent_key=person(hoops))]


def both(hoops: dict[str, list[tuple[str, int]]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Tickets and events from {team: [(category, hoops)]}."""
    tickets, events = [], []
    for unit, cases in hoops.items():
        for category, count in cases:
            number = len(tickets) + 1
            tickets.append(ticket(number, org_unit_id=unit, category=category))
            events += passed_on(number, count, unit)
    return tickets, events


# Company: access 2, 1, 3, 2 (mean 2), other 0, 0, 0, 0; overall 1.
CASES = {"care": [("access", 2), ("access", 1)], "desk": [("access", 3), ("access", 2), *[("other", 0)] * 4]}


def test_worked_example() -> None:
    tickets, events = both(CASES)

    assert month(tickets, events, "acme")["value"] == pytest.approx(1.0)  # the plain mean
    assert month(tickets, events, "care")["value"] == pytest.approx(1.5 * 1.0 / 2.0)
    # desk: plain mean 5/6, its mix usually needs (2 * 2 + 4 * 0) / 6 = 4/6.
    assert month(tickets, events, "desk")["value"] == pytest.approx(5 / 6 * 1.0 / (4 / 6))


def test_p90_carries_the_same_factor() -> None:
    tickets, events = both(CASES)

    assert month(tickets, events, "acme", "p90")["value"] == 3
    assert month(tickets, events, "care", "p90")["value"] == pytest.approx(2 * 1.0 / 2.0)


def test_what_counts_as_a_hoop() -> None:
    # Teams care, desk, care (2), agents 1, 2 (1), asked back three times (2 after the first).
    route = [
        event(1, at(0), "group", agent_key=person(1)),
        event(1, at(1), "group", org_unit_id="desk", agent_key=person(1)),
        event(1, at(2), "group", agent_key=person(2)),
    ]
    asked = [
        event(1, at(3, 9 + hour, half), "status", state, agent_key=person(2))
        for hour in range(3)
        for half, state in ((0, "pending"), (30, "open"))
    ]
    events = [*route, *asked, event(1, at(4), "status", "solved", agent_key=person(2))]

    assert month([ticket(1)], events, "acme")["value"] == 5


def test_nobody_sent_on() -> None:
    tickets, events = both({"care": [("access", 0), ("other", 0)]})
    got = month(tickets, events, "care")

    assert (got["value"], got["state"]) == (0.0, "published")


def test_unsolved_and_deleted_tickets_do_not_count_and_snapshots_lower_the_coverage() -> None:
    tickets, events = both(CASES)
    more = [
        ticket(20),
        ticket(21, solved_at=at(1), status="solved", is_deleted=True),
        ticket(22, solved_at=at(1), status="solved", category="access"),
    ]

    got = month([*tickets, *more], events, "acme")

    assert (got["value"], got["denominator"], got["coverage"]) == (pytest.approx(1.0), 8, pytest.approx(8 / 9))


def test_order_and_repetition_change_nothing() -> None:
    tickets, events = both(CASES)

    once, again = month(tickets, events, "desk"), month(tickets[::-1], [*events[::-1], *events], "desk")

    assert once == pytest.approx(again, nan_ok=True)


def test_an_unnamed_category_is_a_category() -> None:
    tickets, events = both(CASES)
    unnamed = [row | {"category": None if row["category"] == "other" else row["category"]} for row in tickets]

    assert month(unnamed, events, "desk")["value"] == month(tickets, events, "desk")["value"]


def test_no_tickets() -> None:
    assert computed("hoop_index", facts(run_on=NIGHT, org_unit=UNITS, ticket=[], ticket_event=[])).cells.is_empty()
