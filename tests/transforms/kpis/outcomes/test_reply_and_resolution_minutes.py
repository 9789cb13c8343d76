"""Time to first reply and to full resolution, by both clocks: the unfinished have waited too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

REPLY, SOLVE = "first_reply_minutes", "full_resolution_minutes"
# Opened on Monday at 16:00 (open from 09:00 to 17:00).
EVENING = [ticket(number, at(0, 16)) for number in (1, 2, 3)]
REPLIES = [event(number, when, "public_reply") for number, when in ((1, at(0, 16, 30)), (2, at(1, 10)), (3, at(1, 11)))]
MORNING = [ticket(1), ticket(2), ticket(3)]
SOLVES = [event(1, at(0, 11), "status", "solved"), event(2, at(1, 9), "status", "solved")]
# A source that tells when tickets are solved; the last one is open.
SEEN = [event(3, at(0, 9), "status", "open")]


def replied(tickets: list[dict[str, Any]] = EVENING, events: list[dict[str, Any]] = REPLIES) -> Facts:
    return night(ticket=tickets, ticket_event=events)


def solved(tickets: list[dict[str, Any]] = MORNING, events: list[dict[str, Any]] | None = None) -> Facts:
    return night(ticket=tickets, ticket_event=[*SOLVES, *SEEN] if events is None else events)


def test_first_reply_worked_example() -> None:
    assert month(REPLY, replied(), component="calendar_median")["value"] == 1080
    assert month(REPLY, replied(), component="business_median")["value"] == 120
    assert quarter(REPLY, replied(), "care", component="business_p90")["value"] == 180


def test_silence_is_no_short_wait() -> None:
    got = month(REPLY, replied(events=REPLIES[:1]), component="calendar_median")

    assert (got["value"], got["flags"]) == (None, "quantile_not_reached")


def test_business_time_is_that_of_welcome_time() -> None:
    for quantile in ("median", "p90"):
        own = month(REPLY, replied(), component=f"business_{quantile}")
        assert own["value"] == month("welcome_time", replied(), component=quantile)["value"]


def test_a_source_without_replies_is_missing() -> None:
    got = month(REPLY, replied(events=SEEN), component="business_p90")

    assert (got["state"], got["flags"]) == ("source_missing", "missing:public_reply")


def test_full_resolution_worked_example() -> None:
    got = month(SOLVE, solved(), component="calendar_median")

    assert (got["value"], got["denominator"], got["n_events"]) == (1440, 3, 2)
    assert month(SOLVE, solved(), component="business_median")["value"] == 480
    assert month(SOLVE, solved(), component="calendar_p90")["value"] is None


def test_back_at_work_is_not_solved() -> None:
    again = [*SOLVES, *SEEN, event(2, at(2), "status", "open")]

    assert month(SOLVE, solved(events=again), component="calendar_median")["state"] == "not_enough_data"


def test_the_last_solve_counts() -> None:
    again = [*SOLVES, *SEEN, event(2, at(2), "status", "open"), event(2, at(3), "status", "solved")]

    assert month(SOLVE, solved(events=again), component="calendar_median")["value"] == 3 * 1440


def test_cancelled_and_deleted_tickets_are_left_out() -> None:
    more = [*MORNING, ticket(4, status="cancelled"), ticket(5, is_deleted=True)]

    assert month(SOLVE, solved(more), component="calendar_median")["denominator"] == 3


def test_done_but_not_since_when_is_not_done_at_once() -> None:
    rows = [
        ticket(1, status="solved", solved_at=at(1)),
        ticket(2, status="closed", closed_at=at(9)),
        ticket(3, status="solved", solved_at=at(3)),
    ]
    only_closes = [ticket(number, status="closed", closed_at=at(number)) for number in (1, 2, 3)]

    got = month(SOLVE, night(ticket=rows), component="calendar_median")

    assert (got["value"], got["denominator"]) == (1440, 2)
    assert month(SOLVE, night(ticket=only_closes), component="calendar_median")["value"] == 2 * 1440


@pytest.mark.parametrize(("kpi_id", "of"), [(REPLY, replied), (SOLVE, solved)])
def test_order_repetition_and_nobody(kpi_id: str, of: Any) -> None:
    tickets, events = (EVENING, REPLIES) if kpi_id == REPLY else (MORNING, [*SOLVES, *SEEN])

    assert same(of(), of(tickets[::-1], [*events[::-1], *events]), kpi_id)
    assert computed(kpi_id, of([], [])).cells.is_empty()


def test_at_once_is_zero_and_one_ticket_is_enough() -> None:
    of = replied([ticket(1)], [event(1, at(0), "public_reply")])

    assert (
        month(REPLY, of, component="calendar_p90")["value"],
        month(REPLY, of, component="business_p90")["value"],
    ) == (0, 0)


def test_business_minutes_go_by_the_source_s_calendar_where_it_has_one() -> None:
    # Open from 09:00 to 20:00: answered after 30 minutes, and next day at 10:00 (240 + 60) and 11:00 (240 + 120).
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    late = {"calendar_id": "late", "valid_from_at": long_ago, "timezone": "UTC", "created_at": long_ago}
    slots = [late | {"weekday": day, "opens_minute": 9 * 60, "closes_minute": 20 * 60} for day in range(1, 6)]
    facts = night(ticket=EVENING, ticket_event=REPLIES, calendar_slot=slots)

    assert month(REPLY, facts, component="business_median")["value"] == 300
    assert month(REPLY, facts, component="calendar_median")["value"] == 1080
