"""Solved with an article at hand."""

from __future__ import annotations

from typing import Any

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "knowledge_used_rate"
TICKETS = [ticket(number) for number in range(1, 5)]
SOLVED = [event(number, at(1), "status", "solved") for number in range(1, 5)]
EVENTS = [*SOLVED, event(1, at(0, 12), "knowledge"), event(2, at(1), "knowledge"), event(3, at(2), "knowledge")]


def known(tickets: list[dict[str, Any]] = TICKETS, events: list[dict[str, Any]] = EVENTS) -> Facts:
    return night(ticket=tickets, ticket_event=events)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.5, 2, 4, 1.0)
    assert quarter(ID, known())["value"] == 0.5


def test_two_articles_on_one_ticket_are_one_ticket() -> None:
    assert month(ID, known(events=[*EVENTS, event(1, at(0, 13), "knowledge")]))["value"] == 0.5


def test_a_source_that_records_no_articles_is_missing() -> None:
    got = month(ID, known(events=SOLVED))

    assert (got["state"], got["flags"]) == ("source_missing", "missing:knowledge")


def test_snapshots_lower_the_coverage_and_deleted_tickets_do_not_count() -> None:
    more = [ticket(5, status="solved", solved_at=at(1)), ticket(6, is_deleted=True, solved_at=at(1))]

    got = month(ID, known([*TICKETS, *more]))

    assert (got["value"], got["coverage"]) == (0.5, 0.8)


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known(TICKETS[::-1], [*EVENTS[::-1], *EVENTS]), ID)


def test_one_more_none_and_nobody() -> None:
    more = [*EVENTS, event(9, at(1), "status", "solved")]

    assert month(ID, known([*TICKETS, ticket(9)], more))["value"] == 0.4
    assert month(ID, known(events=[*SOLVED, event(3, at(2), "knowledge")]))["value"] == 0.0
    assert computed(ID, known([], [])).cells.is_empty()
