"""Guests who come when we are closed (open Monday to Friday, 09:00 to 17:00)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "night_guest_rate"


def reply(number: int, when: dt.datetime, **more: Any) -> dict[str, Any]:
    return event(number, when, "public_reply", **more)


# Five guests of Monday night, and one who comes by day.
TICKETS = [*(ticket(number, at(0, 22)) for number in range(1, 6)), ticket(6, at(0, 10))]
EVENTS = [reply(1, at(1, 9, 5)), reply(2, at(1, 10)), reply(3, at(0, 23)), reply(4, at(1, 10, 1))]


def known(tickets: list[dict[str, Any]] = TICKETS, events: list[dict[str, Any]] = EVENTS, **more: Any) -> Facts:
    return night(ticket=tickets, ticket_event=events, **more)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"]) == (0.6, 3, 5)
    assert quarter(ID, known())["value"] == 0.6


@pytest.mark.parametrize(
    ("opened", "counts"),
    [
        (at(0, 8, 59), 1),
        (at(0, 9), 0),
        (at(0, 16, 59), 0),
        (at(0, 17), 1),
        (at(5, 12), 1),  # Saturday
    ],
)
def test_when_we_are_closed(opened: dt.datetime, counts: int) -> None:
    got = month(ID, known([ticket(1, opened), ticket(2, at(0, 22))], [reply(2, at(1, 9))]))

    assert got["denominator"] == 1 + counts


def test_friday_night_is_answered_on_monday() -> None:
    assert month(ID, known([ticket(1, at(4, 20))], [reply(1, at(7, 9, 59))]))["value"] == 1.0


def test_bots_do_not_count() -> None:
    assert month(ID, known([ticket(1, at(0, 22))], [reply(1, at(0, 22), actor_role="bot")]))["value"] == 0.0


def test_gone_before_the_hour_is_over_is_no_guest() -> None:
    gone = ticket(1, at(0, 22), closed_at=at(1, 9, 30))
    stayed = ticket(2, at(0, 22), closed_at=at(1, 10, 30))

    got = month(ID, known([gone, stayed], [reply(2, at(1, 10, 15))]))

    assert (got["value"], got["denominator"]) == (0.0, 1)


def test_a_source_without_replies_is_missing() -> None:
    got = month(ID, known(TICKETS, [event(1, at(0, 22), "status", "new")]))

    assert (got["state"], got["flags"]) == ("source_missing", "missing:public_reply")


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known(TICKETS[::-1], [*EVENTS[::-1], *EVENTS]), ID)


def test_one_more_guest_none_answered_and_no_guest() -> None:
    assert month(ID, known([*TICKETS, ticket(7, at(0, 22))]))["value"] == 0.5
    assert month(ID, known(TICKETS, [reply(6, at(0, 10))]))["value"] == 0.0
    assert computed(ID, known([ticket(6, at(0, 10))], [])).cells.is_empty()
