"""How long customers are kept busy, and what share of the whole that is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "customer_burden_minutes"


def life(number: int, ours: int, theirs: int, day: int = 0) -> list[dict[str, Any]]:
    """Opened at 09:00, `ours` minutes of work, `theirs` minutes of the customer's, solved."""
    asked = at(day) + dt.timedelta(minutes=ours)
    rows = [event(number, asked + dt.timedelta(minutes=theirs), "status", "solved")]
    return [event(number, asked, "status", "pending"), *rows] if theirs else rows


TICKETS = [ticket(number) for number in (1, 2, 3)]
EVENTS = [*life(1, 60, 0), *life(2, 60, 60), *life(3, 300, 120)]


def known(tickets: list[dict[str, Any]] = TICKETS, events: list[dict[str, Any]] = EVENTS) -> Facts:
    return night(ticket=tickets, ticket_event=events)


def test_worked_example() -> None:
    got, share = month(ID, known()), month(ID, known(), component="share")

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (60, 180, 3, 1.0)
    assert (share["value"], share["numerator"], share["denominator"]) == (pytest.approx(0.3), 180, 600)
    assert quarter(ID, known())["value"] == 60


def test_our_own_slowness_mends_the_share_and_not_the_minutes() -> None:
    slow = [*life(1, 120, 0), *life(2, 120, 60), *life(3, 360, 120)]

    assert month(ID, known(events=slow))["value"] == month(ID, known())["value"]
    assert month(ID, known(events=slow), component="share")["value"] < 0.3


def test_nights_do_not_count() -> None:
    late = [event(1, at(0, 16), "status", "pending"), event(1, at(1, 10), "status", "solved")]

    assert month(ID, known([ticket(1)], late))["value"] == 120


def test_open_and_deleted_tickets_do_not_count_and_snapshots_lower_the_coverage() -> None:
    more = [
        ticket(4),
        ticket(5, is_deleted=True, status="solved", solved_at=at(1)),
        ticket(6, status="solved", solved_at=at(1)),
    ]

    got = month(ID, known([*TICKETS, *more], [*EVENTS, event(4, at(0), "status", "pending")]))

    assert (got["value"], got["denominator"], got["coverage"]) == (60, 3, 0.75)


def test_a_source_that_never_shows_pending_is_missing() -> None:
    got = month(ID, known([ticket(1)], life(1, 60, 0)))

    assert (got["state"], got["flags"], got["value"]) == ("source_missing", "missing:pending_status", None)


def test_nobody_was_kept_waiting() -> None:
    # Another team's ticket shows that the source knows the status.
    events = [*life(1, 60, 0), event(2, at(1), "status", "pending", org_unit_id="desk")]
    rows = [ticket(1), ticket(2, org_unit_id="desk")]

    got = month(ID, known(rows, events), "care")

    assert (got["value"], got["state"]) == (0, "published")
    assert month(ID, known([ticket(1)], life(1, 0, 0)), component="share")["value"] is None


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known(TICKETS[::-1], [*EVENTS[::-1], *EVENTS]), ID)


def test_no_tickets() -> None:
    assert computed(ID, known([], [])).cells.is_empty()
