"""Put right without asking for permission."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "own_authority_rate"
TICKETS = [ticket(number, category="refund") for number in range(1, 6)]
EVENTS = [
    *(event(number, at(1), "status", "solved") for number in range(1, 6)),
    event(1, at(0, 12), "escalation"),
    event(2, at(0, 12), "approval"),
    event(3, at(8), "status", "open"),
]


def known(tickets: list[dict[str, Any]] = TICKETS, events: list[dict[str, Any]] = EVENTS, **more: Any) -> Facts:
    return night(ticket=tickets, ticket_event=events, **more)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.4, 2, 5, 1.0)
    assert quarter(ID, known(), "care")["value"] == 0.4


def test_asked_after_it_was_solved_is_not_asked_for_it() -> None:
    later = [row | {"at": at(2)} if row["event_type"] == "escalation" else row for row in EVENTS]

    assert month(ID, known(events=later))["value"] == 0.6


def test_only_where_agents_may_decide() -> None:
    rows = [row | {"category": "contract"} if row["ticket_id"] in ("T1", "T2") else row for row in TICKETS]

    got = month(ID, known(rows, eligible_category=[{"category": "refund"}]))

    assert (got["value"], got["denominator"]) == (pytest.approx(2 / 3), 3)


def test_a_source_that_records_no_permission_is_missing() -> None:
    got = month(ID, known(events=EVENTS[:5]))

    assert (got["state"], got["flags"]) == ("source_missing", "missing:escalation_or_approval")


def test_a_snapshot_lowers_the_coverage() -> None:
    assert month(ID, known([*TICKETS, ticket(6, status="solved", solved_at=at(1))]))["coverage"] == pytest.approx(5 / 6)


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known(TICKETS[::-1], [*EVENTS[::-1], *EVENTS]), ID)


def test_none_alone_and_nobody() -> None:
    asked = [event(number, at(0, 12), "approval") for number in range(1, 6)]

    assert month(ID, known(events=[*EVENTS, *asked]))["value"] == 0.0
    assert computed(ID, known([], [])).cells.is_empty()
