"""Where our measures differ from the source's own, and why."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.transforms.sample_organisation import facts, person
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts.reconciliation import compared

REPLY = "first_reply_calendar_minutes"
REPLY_BUSINESS = "first_reply_business_minutes"
# Opened Monday 09:00, answered 11:00, solved 12:00.
LIFE = [
    event(1, at(0, 9), "status", "new"),
    event(1, at(0, 11), "public_reply"),
    event(1, at(0, 12), "status", "solved"),
]


def reasons(theirs: dict[str, Any], events: list[dict[str, Any]] = LIFE, **more: Any) -> dict[str, str | None]:
    told = {"ticket_id": "T1", "updated_at": at(1)} | theirs
    of = facts(ticket=[ticket(1, requester_key=person(7), **more)], ticket_event=events, ticket_metric=[told])
    rows = compared(of).filter(pl.col("measure").is_in(list(theirs)))
    return dict(rows.select("measure", "reason").iter_rows())


def test_a_minutes_rounding_is_no_difference() -> None:
    assert reasons({REPLY: 121.0, "public_agent_reply_count": 1}) == {REPLY: None, "public_agent_reply_count": None}
    assert reasons({REPLY: 122.5}) == {REPLY: "definition"}
    assert reasons({"requester_wait_calendar_minutes": 184.0}) == {"requester_wait_calendar_minutes": None}


def test_a_count_has_no_tolerance() -> None:
    assert reasons({"public_agent_reply_count": 2}) == {"public_agent_reply_count": "definition"}


def test_business_time_alone_is_a_matter_of_zone_or_schedule() -> None:
    assert reasons({REPLY: 120.0, REPLY_BUSINESS: 60.0}) == {REPLY: None, REPLY_BUSINESS: "time_zone"}
    assert reasons({REPLY: 300.0, REPLY_BUSINESS: 60.0}) == {REPLY: "definition", REPLY_BUSINESS: "definition"}


def test_an_open_ticket_is_counted_as_it_goes_by_its_source() -> None:
    wait = "requester_wait_calendar_minutes"

    assert reasons({wait: 60.0}, LIFE[:2]) == {wait: "still_open"}
    assert reasons({wait: 60.0}) == {wait: "definition"}  # ours are 180


def test_what_is_missing_and_what_was_merged() -> None:
    assert reasons({REPLY: 120.0}, [LIFE[0], LIFE[2]]) == {REPLY: "data_missing"}
    assert reasons({REPLY: 5.0}, is_deleted=True) == {REPLY: "merged"}


def test_a_ticket_its_source_does_not_measure_is_not_compared() -> None:
    assert compared(facts(ticket=[ticket(1)], ticket_event=LIFE)).is_empty()
