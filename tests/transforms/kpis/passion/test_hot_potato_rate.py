"""Tickets passed on untouched."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed, person
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "hot_potato_rate"


def held(agent: int, hour: int, day: int = 0, **more: Any) -> dict[str, Any]:
    return event(1, at(day, hour), "assignee", agent_key=person(agent), **more)


def note(agent: int, hour: int, minute: int = 0, kind: str = "private_note", **more: Any) -> dict[str, Any]:
    return event(1, at(0, hour, minute), kind, agent_key=person(agent), actor_key=person(agent)) | more


EVENTS = [held(1, 9), held(2, 10), note(2, 10, 30), held(3, 11)]


def known(events: list[dict[str, Any]] = EVENTS, tickets: list[dict[str, Any]] | None = None) -> Facts:
    return night(ticket=[ticket(1)] if tickets is None else tickets, ticket_event=events)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"]) == (pytest.approx(1 / 3), 1, 3)
    assert quarter(ID, known())["numerator"] == 1


@pytest.mark.parametrize(
    ("touch", "potatoes"),
    [
        (note(1, 9, 30), 0),
        (note(1, 9, 30, kind="public_reply"), 0),
        (note(1, 9), 0),  # at the moment of receipt, by the receiver
        (note(1, 9, actor_key=person(7)), 1),  # at that moment, by the one who passed it on
        (note(1, 10, agent_key=person(2)), 0),  # at the moment of passing on
        (note(1, 9, 30, actor_role="requester"), 1),
        (note(1, 9, 30, actor_role="bot"), 1),
        (note(2, 10, 30), 1),  # only after it was passed on
    ],
)
def test_what_is_a_touch(touch: dict[str, Any], potatoes: int) -> None:
    assert month(ID, known([held(1, 9), touch, held(2, 10)]))["numerator"] == potatoes


def test_passed_on_after_14_days_is_not_hot() -> None:
    said = note(2, 23)

    assert month(ID, known([held(1, 9), held(2, 9, day=14), said | {"at": at(20)}]))["numerator"] == 1
    assert month(ID, known([held(1, 9), held(2, 10, day=14), said | {"at": at(20)}]))["numerator"] == 0


def test_the_same_agent_again_is_no_receipt() -> None:
    assert month(ID, known([held(1, 9), held(1, 10), held(2, 11), note(2, 12)]))["denominator"] == 2


def test_belongs_to_the_team_of_the_receipt() -> None:
    events = [held(1, 9, org_unit_id="desk"), held(2, 10), note(2, 12)]

    assert (month(ID, known(events), "desk")["value"], month(ID, known(events), "care")["value"]) == (1.0, 0.0)


def test_a_source_without_notes_and_replies_is_missing() -> None:
    got = month(ID, known([held(1, 9), held(2, 10)]))

    assert (got["state"], got["flags"]) == ("source_missing", "missing:public_reply_or_note")


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known([*EVENTS[::-1], *EVENTS]), ID)


def test_nobody() -> None:
    assert computed(ID, known([], [])).cells.is_empty()
    assert computed(ID, known(tickets=[ticket(1, is_deleted=True)])).cells.is_empty()
