"""Solved by one public reply, for good."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "first_contact_resolution"


def answered(number: int, *hours: int) -> list[dict[str, Any]]:
    replies = [event(number, at(0, hour), "public_reply") for hour in hours]
    return [*replies, event(number, at(0, 12), "status", "solved")]


TICKETS = [ticket(number) for number in range(1, 6)]
EVENTS = [
    *answered(1, 10),
    *answered(2, 12),
    *answered(3, 10, 11),
    *answered(4),
    *answered(5, 10),
    event(5, at(3), "status", "open"),
]


def known(tickets: list[dict[str, Any]] = TICKETS, events: list[dict[str, Any]] = EVENTS, **more: Any) -> Facts:
    return night(ticket=tickets, ticket_event=events, **more)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.4, 2, 5, 1.0)
    assert quarter(ID, known())["value"] == 0.4


@pytest.mark.parametrize(
    ("more", "solved"),
    [
        (event(1, at(0, 13), "public_reply"), 1.0),  # a word of thanks
        (event(1, at(0, 9), "public_reply", actor_role="bot"), 1.0),
        (event(1, at(0, 9), "public_reply", actor_role="requester"), 1.0),
        (event(1, at(0, 9), "private_note"), 1.0),
        (event(1, at(0, 9), "public_reply"), 0.0),
        (event(1, at(20), "status", "open"), 1.0),  # reopened when nobody counts any more
    ],
)
def test_what_counts(more: dict[str, Any], solved: float) -> None:
    assert month(ID, known([ticket(1)], [*answered(1, 10), more]))["value"] == solved


def test_unripe_snapshots_and_sources_without_replies() -> None:
    unripe = known(run_on=dt.date(2026, 4, 13))
    more = known([*TICKETS, ticket(6, status="solved", solved_at=at(1))])
    silent = known(events=[row for row in EVENTS if row["event_type"] == "status"])

    assert month(ID, unripe)["state"] == "not_matured"
    assert month(ID, more)["coverage"] == pytest.approx(5 / 6)
    assert month(ID, silent)["flags"] == "missing:public_reply"


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known(TICKETS[::-1], [*EVENTS[::-1], *EVENTS]), ID)


def test_one_more_none_and_nobody() -> None:
    assert month(ID, known([*TICKETS, ticket(6)], [*EVENTS, *answered(6, 10)]))["value"] == 0.5
    assert month(ID, known([ticket(1)], answered(1, 9, 10)))["value"] == 0.0
    assert computed(ID, known([], [])).cells.is_empty()
