"""Open tickets at the end of the period."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed, person
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "backlog"
APRIL = dt.date(2026, 4, 1)
TICKETS = [ticket(number) for number in range(1, 6)] + [ticket(6, is_deleted=True)]


def status(number: int, day: int, value: str, **more: Any) -> dict[str, Any]:
    return event(number, at(day), "status", value, **more)


# Day 29 is Tuesday 31 March; day 31 is in April.
EVENTS = [
    *(status(number, 0, "open") for number in range(1, 7)),
    status(1, 5, "solved"),
    status(2, 29, "closed"),
    status(3, 31, "solved"),
    status(5, 5, "solved"),
    status(5, 6, "open"),
]


def known(tickets: list[dict[str, Any]] = TICKETS, events: list[dict[str, Any]] = EVENTS) -> Facts:
    return night(ticket=tickets, ticket_event=events)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["n_events"], got["ci_low"], got["state"]) == (3, 3, None, "published")
    assert quarter(ID, known())["value"] == 3
    assert month(ID, known(), start=APRIL)["value"] == 2


def test_belongs_to_the_team_that_holds_it_then() -> None:
    moved = [*EVENTS, event(4, at(10), "group", org_unit_id="desk"), event(3, at(31), "group", org_unit_id="desk")]

    assert (month(ID, known(events=moved), "care")["value"], month(ID, known(events=moved), "desk")["value"]) == (2, 1)


def test_a_team_that_has_nothing_open_has_none_and_not_no_number() -> None:
    got = month(ID, known([ticket(1)], [status(1, 0, "open"), status(1, 5, "solved")]))

    assert (got["value"], got["state"]) == (0, "published")


def test_what_its_source_calls_over_is_open_no_longer_whatever_its_timeline_lacks() -> None:
    rows = [
        ticket(1, status="closed", updated_at=at(3)),
        ticket(2, status="closed", updated_at=at(31)),
        ticket(3, status="open", updated_at=at(3)),
    ]
    of = known(rows, [status(number, 0, "open") for number in (1, 2, 3)])

    assert (month(ID, of)["value"], month(ID, of, start=APRIL)["value"]) == (2, 1)


def test_without_a_timeline_from_opening_to_solve() -> None:
    rows = [
        ticket(1, status="solved", solved_at=at(31)),
        ticket(2, status="solved", solved_at=at(3)),
        ticket(3, status="open"),
        ticket(4, status="cancelled"),  # when, nobody says
        ticket(5, at(31), status="open"),
    ]
    of = night(ticket=rows)

    assert (month(ID, of)["value"], month(ID, of, start=APRIL)["value"]) == (2, 2)


def test_people_are_those_who_hold_and_those_who_worked() -> None:
    people = computed(ID, known()).people

    assert set(people["person_key"]) == {person(number) for number in range(6)}


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known(TICKETS[::-1], [*EVENTS[::-1], *EVENTS]), ID)


def test_one_more_ticket_is_one_more() -> None:
    assert month(ID, known([*TICKETS, ticket(7)], [*EVENTS, status(7, 1, "pending")]))["value"] == 4


def test_no_tickets() -> None:
    assert computed(ID, known([], [])).cells.is_empty()


def test_before_the_first_month_has_ended() -> None:
    assert computed(ID, night(run_on=dt.date(2026, 3, 20), ticket=TICKETS, ticket_event=EVENTS)).cells.is_empty()
