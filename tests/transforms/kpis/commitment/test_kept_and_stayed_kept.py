"""A promise stays kept when neither the ticket nor the customer comes back within 14 days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed, person
from tests.transforms.sample_tickets import at, event, promise, ticket
from transforms.facts import Facts

ID = "kept_and_stayed_kept"


def asked(number: int, requester: int | None, day: int = 0, category: str = "access", **more: Any) -> dict[str, Any]:
    key = None if requester is None else person(100 + requester)
    return ticket(number, at(day), requester_key=key, category=category, **more)


def solved(number: int, day: int = 1) -> dict[str, Any]:
    return event(number, at(day), "status", "solved")


# Five promises due in March: 5 is late; 1 is reopened after 3 days; the customer of 2 is back after 10 (ticket 6).
TICKETS = [*(asked(number, number) for number in range(1, 6)), asked(6, 2, day=11)]
EVENTS = [*(solved(number) for number in range(1, 6)), event(1, at(4), "status", "open")]
PROMISES = [*(promise(number, at(2), at(1)) for number in range(1, 5)), promise(5, at(2), at(3))]


def known(**changed: Any) -> Facts:
    return night(**({"ticket": TICKETS, "ticket_event": EVENTS, "promise": PROMISES} | changed))


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.4, 2, 5, 1.0)
    assert quarter(ID, known())["value"] == 0.4


@pytest.mark.parametrize(
    ("day", "requester", "category", "stayed"),
    [
        (15, 1, "access", 0.0),  # 14 days after the solve, to the second
        (16, 1, "access", 1.0),
        (1, 1, "access", 1.0),  # opened at the very moment
        (5, 2, "access", 1.0),
        (5, 1, "other", 1.0),
        (5, 1, None, 1.0),
    ],
)
def test_who_is_back(day: int, requester: int, category: str, stayed: float) -> None:
    rows = [asked(1, 1), asked(2, requester, day=day, category=category)]

    assert (
        month(ID, known(ticket=rows, ticket_event=[solved(1)], promise=[promise(1, at(2), at(1))]))["value"] == stayed
    )


def test_an_unnamed_category_is_a_category() -> None:
    rows = [asked(1, 1, category=None), asked(2, 1, day=5, category=None)]

    assert month(ID, known(ticket=rows, ticket_event=[solved(1)], promise=[promise(1, at(2), at(1))]))["value"] == 0.0


def test_a_deleted_ticket_is_no_return_and_a_reply_no_resolution() -> None:
    rows = [asked(1, 1), asked(2, 1, day=5, is_deleted=True)]
    promises = [promise(1, at(2), at(1)), promise(9, at(2), at(3), ticket_id="T1", metric="first_reply")]

    got = month(ID, known(ticket=rows, ticket_event=[solved(1)], promise=promises))

    assert (got["value"], got["denominator"]) == (1.0, 1)


def test_what_cannot_be_seen_lowers_the_coverage() -> None:
    rows = [asked(1, 1), asked(2, None), asked(3, 3)]
    promises = [promise(number, at(2), at(1)) for number in (1, 2, 3)]

    got = month(ID, known(ticket=rows, ticket_event=[solved(1), solved(2)], promise=promises))

    assert (got["value"], got["denominator"], got["coverage"]) == (1.0, 2, pytest.approx(1 / 3))


def test_no_timeline_at_all_is_a_missing_source() -> None:
    silent = [event(1, at(0), "public_reply")]

    got = month(ID, known(ticket_event=silent))

    assert (got["state"], got["flags"]) == ("source_missing", "missing:status_timeline")
    assert month(ID, known(ticket_event=silent), "care") == {"cells found": 0}


def test_unripe_until_14_days_after_the_month() -> None:
    assert month(ID, known(run_on=dt.date(2026, 4, 13)))["state"] == "not_matured"
    assert month(ID, known(run_on=dt.date(2026, 4, 14)))["state"] == "published"


def test_order_and_repetition_change_nothing() -> None:
    again = known(ticket=TICKETS[::-1], ticket_event=[*EVENTS[::-1], *EVENTS], promise=PROMISES[::-1] + PROMISES)

    assert same(known(), again, ID)


def test_one_more_promise_moves_it_by_one() -> None:
    more = known(
        ticket=[*TICKETS, asked(7, 7)], ticket_event=[*EVENTS, solved(7)], promise=[*PROMISES, promise(7, at(2), at(1))]
    )

    assert month(ID, more)["value"] == 0.5


def test_all_broken_is_zero_and_nobody_is_no_cell() -> None:
    late = [promise(number, at(2), at(3)) for number in range(1, 6)]

    assert month(ID, known(promise=late))["value"] == 0.0
    assert computed(ID, known(promise=[])).cells["state"].to_list() == []
