"""Customers who were back within a week."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed, person
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "forced_return_rate"


def asked(
    number: int, requester: int | None, day: int = 0, category: str | None = "access", **more: Any
) -> dict[str, Any]:
    key = None if requester is None else person(100 + requester)
    return ticket(number, at(day), requester_key=key, category=category, **more)


def solved(number: int, day: int = 1) -> dict[str, Any]:
    return event(number, at(day), "status", "solved")


# Customer 1 is back after 3 days and customer 2 after 10, with tickets still open; ticket 3 is reopened after 2 days.
TICKETS = [*(asked(number, number) for number in range(1, 5)), asked(11, 1, day=4), asked(12, 2, day=11)]
EVENTS = [*(solved(number) for number in range(1, 5)), event(3, at(3), "status", "open")]


def known(tickets: list[dict[str, Any]] = TICKETS, events: list[dict[str, Any]] = EVENTS) -> Facts:
    return night(ticket=tickets, ticket_event=events)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.25, 1, 4, 1.0)
    assert month(ID, known(), component="or_reopened")["value"] == 0.5
    assert quarter(ID, known())["value"] == 0.25


@pytest.mark.parametrize(("day", "back"), [(8, 1.0), (9, 0.0), (1, 0.0)])
def test_seven_days(day: int, back: float) -> None:
    assert month(ID, known([asked(1, 1), asked(2, 1, day=day)], [solved(1)]))["value"] == back


def test_a_snapshot_is_judged_by_its_solve() -> None:
    rows = [asked(1, 1, solved_at=at(1), status="solved"), asked(2, 1, day=3)]

    assert month(ID, night(ticket=rows))["value"] == 1.0


def test_an_unknown_requester_lowers_the_coverage_and_all_unknown_are_missing() -> None:
    got = month(ID, known([*TICKETS, asked(5, None)], [*EVENTS, solved(5)]))
    silent = month(ID, known([asked(1, None)], [solved(1)]))

    assert (got["denominator"], got["coverage"]) == (4, 0.8)
    assert (silent["state"], silent["flags"]) == ("source_missing", "missing:requester")


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known(TICKETS[::-1], [*EVENTS[::-1], *EVENTS]), ID)


def test_one_more_person_and_nobody() -> None:
    assert month(ID, known([*TICKETS, asked(5, 5)], [*EVENTS, solved(5)]))["value"] == 0.2
    assert month(ID, known([asked(1, 1)], [solved(1)]))["value"] == 0.0
    assert computed(ID, known([], [])).cells.is_empty()
