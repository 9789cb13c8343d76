"""Evidence that the customer was served: a confirmation, a rating, a follow-up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import answer, computed, item
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "service_not_task"
TICKETS = [ticket(number) for number in range(1, 6)]
SOLVED = [event(number, at(1), "status", "solved") for number in range(1, 6)]
EVENTS = [
    *SOLVED,
    event(1, at(1, 12), "public_reply", actor_role="requester"),
    event(3, at(2), "private_note"),
    event(4, at(6), "status", "closed", actor_role="unknown"),
    event(5, at(2), "public_reply", actor_role="requester"),
    event(5, at(2), "status", "open"),
]
ITEMS = [item("happy", "satisfied", audience="customer")]
ANSWERS = [answer(7, "happy", 1.0, ticket_id="T2", answered_at=at(6))]


def known(
    events: list[dict[str, Any]] = EVENTS, tickets: list[dict[str, Any]] = TICKETS, answers: Any = ANSWERS
) -> Facts:
    return night(ticket=tickets, ticket_event=events, survey_item=ITEMS, survey_response=answers)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.6, 3, 5, 1.0)
    assert quarter(ID, known(), "care")["value"] == 0.6


@pytest.mark.parametrize(
    ("evidence", "counts"),
    [
        ([event(1, at(1, 12), "public_reply")], 1.0),
        ([event(1, at(1), "public_reply")], 0.0),  # the reply that solved it
        ([event(1, at(8), "public_reply")], 1.0),
        ([event(1, at(9), "public_reply")], 0.0),
        ([event(1, at(2), "public_reply", actor_role="bot")], 0.0),
        ([event(1, at(2), "rating", "bad")], 1.0),
        ([event(1, at(6), "status", "closed", actor_role="requester")], 1.0),
        ([event(1, at(6), "status", "closed", actor_role="agent")], 0.0),
        ([event(1, at(3), "public_reply"), event(1, at(2), "status", "open")], 0.0),  # work on the reopened ticket
        ([event(1, at(2), "public_reply"), event(1, at(3), "status", "open")], 1.0),
        # The customer wrote, and five days later had to reopen: that was no confirmation.
        ([event(1, at(2), "public_reply", actor_role="requester"), event(1, at(7), "status", "open")], 0.0),
    ],
)
def test_what_is_evidence(evidence: list[dict[str, Any]], counts: float) -> None:
    said = [event(2, at(0), "public_reply")]

    assert month(ID, known([SOLVED[0], *said, *evidence], [ticket(1), ticket(2)], []))["value"] == counts


def test_the_requester_may_solve_it() -> None:
    events = [event(1, at(1), "status", "solved", actor_role="requester"), event(1, at(0), "public_reply")]

    assert month(ID, known(events, [ticket(1)], []))["value"] == 1.0


def test_neither_replies_nor_ratings_is_a_missing_source() -> None:
    got = month(ID, known(SOLVED, answers=[]))

    assert (got["state"], got["flags"]) == ("source_missing", "missing:public_reply_or_rating")


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known([*EVENTS[::-1], *EVENTS], TICKETS[::-1], ANSWERS * 2), ID)


def test_none_and_nobody() -> None:
    events = [SOLVED[0], event(1, at(0), "public_reply")]

    assert month(ID, known(events, [ticket(1)], []))["value"] == 0.0
    assert computed(ID, known([], [], [])).cells.is_empty()
