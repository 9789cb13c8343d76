"""Ticket timelines: what happened, counted once, and null where nobody recorded it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.sample_organisation import answer, facts, item, person
from tests.transforms.sample_tickets import at, event, promise, ticket
from transforms.contracts.restricted import FctTicket
from transforms.facts import Facts


def timeline(of: Facts, ticket_id: str = "T1") -> dict[str, Any]:
    rows = {row["ticket_id"]: row for row in of.tickets.collect().to_dicts()}
    return rows[ticket_id]


def status(day: int, value: str, **more: Any) -> dict[str, Any]:
    return event(1, at(day), "status", value, **more)


def test_a_whole_life() -> None:
    # Monday 09:00 opened; 11:30 first human word (a bot greeted at 09:01, the customer wrote at 10:00);
    # asked back twice; solved on Thursday, reopened on Friday, solved the Monday after.
    events = [
        event(1, at(0, 9), "status", "new"),
        event(1, at(0, 9, 1), "public_reply", actor_role="bot"),
        event(1, at(0, 10), "public_reply", actor_role="requester"),
        event(1, at(0, 11, 30), "public_reply", org_unit_id="desk"),
        event(1, at(0, 12), "public_reply"),
        status(1, "open"),
        status(1, "open", sequence=1),
        event(1, at(1, 10), "status", "pending"),
        event(1, at(1, 11), "status", "open"),
        event(1, at(1, 12), "status", "pending"),
        event(1, at(1, 13), "status", "open"),
        status(3, "solved"),
        status(4, "open"),
        status(7, "solved"),
    ]

    got = timeline(facts(ticket=[ticket(1, solved_at=at(7))], ticket_event=events))

    assert got["first_replied_at"] == at(0, 11, 30)
    assert (got["first_reply_calendar_minutes"], got["first_reply_business_minutes"]) == (150, 150)
    assert (got["replied_org_unit_id"], got["is_welcomed"]) == ("desk", True)
    assert (got["first_solved_at"], got["done_at"], got["is_solved"]) == (at(3), at(7), True)
    assert (got["reopened_at"], got["reopen_count"], got["is_reopened_14d"]) == ([at(4)], 1, True)
    assert got["reask_cycles"] == 2
    assert got["full_resolution_calendar_minutes"] == 7 * 1440
    assert got["full_resolution_business_minutes"] == 5 * 480


def test_a_snapshot_knows_no_timeline() -> None:
    row = ticket(1, solved_at=at(1), status="solved", reopen_count=2)

    got = timeline(facts(ticket=[row]))

    unknown = (
        "group_stations",
        "assignee_stations",
        "reask_cycles",
        "first_solved_at",
        "is_reopened_14d",
        "welcome_minutes",
    )
    assert [got[name] for name in unknown] == [None] * 6
    assert (got["has_events"], got["reopen_count"], got["is_solved"], got["done_at"]) == (False, 2, True, at(1))


def test_stations_count_a_return_and_not_a_repetition() -> None:
    holders = [("care", 1), ("care", 1), ("desk", 1), ("desk", None), ("desk", 1), ("care", 2), ("care", 1)]
    events = [
        event(1, at(day), "group", org_unit_id=team, agent_key=None if agent is None else person(agent))
        for day, (team, agent) in enumerate(holders)
    ]

    got = timeline(facts(ticket=[ticket(1)], ticket_event=events))

    # Teams care, desk, care; agents 1, 2, 1: nobody in between is no station.
    assert (got["group_stations"], got["assignee_stations"]) == (3, 3)


@pytest.mark.parametrize(("day", "expected"), [(14, True), (15, False)])
def test_a_reopen_counts_within_14_days(day: int, expected: bool) -> None:
    got = timeline(facts(ticket=[ticket(1)], ticket_event=[status(0, "solved"), status(day, "open")]))

    assert (got["is_reopened_14d"], got["reopen_count"]) == (expected, 1)


def test_closing_a_solved_ticket_neither_reopens_nor_restarts_the_14_days() -> None:
    got = timeline(
        facts(ticket=[ticket(1)], ticket_event=[status(0, "solved"), status(5, "closed"), status(15, "open")])
    )

    assert (got["is_reopened_14d"], got["is_solved"], got["done_at"]) == (False, False, None)


def test_an_explicit_reopen_beside_the_status_is_one_reopen() -> None:
    events = [status(0, "solved"), event(1, at(1), "reopen"), status(1, "open", sequence=1), status(2, "solved")]

    assert timeline(facts(ticket=[ticket(1)], ticket_event=events))["reopen_count"] == 1


def test_an_unanswered_ticket_has_waited_until_its_close_or_the_night() -> None:
    rows = [ticket(1, closed_at=at(0, 12)), ticket(2), ticket(3)]
    events = [event(1, at(0, 9), "status", "new"), event(3, at(0, 9, 10), "public_reply")]
    of = facts(run_on=at(1).date(), ticket=rows, ticket_event=events)

    waited = [timeline(of, ticket_id)["welcome_minutes"] for ticket_id in ("T1", "T2", "T3")]

    assert waited == [180, 960, 10]
    assert [timeline(of, ticket_id)["is_welcomed"] for ticket_id in ("T1", "T2", "T3")] == [False, False, True]


@pytest.mark.parametrize(
    ("over", "minutes"),
    [
        ({"solved_at": at(0, 11), "closed_at": at(0, 13), "status": "closed"}, 120),
        ({"status": "cancelled", "updated_at": at(0, 12)}, 180),
        ({"status": "closed", "updated_at": at(0, 12)}, 180),
        ({"status": "open", "updated_at": at(0, 12)}, 960),
    ],
)
def test_nobody_waits_for_the_reply_to_a_ticket_that_is_over(over: dict[str, Any], minutes: int) -> None:
    of = facts(
        run_on=at(1).date(),
        ticket=[ticket(1, **over), ticket(2)],
        ticket_event=[event(1, at(0, 9), "priority", "high"), event(2, at(0, 9), "public_reply")],
    )

    assert timeline(of)["welcome_minutes"] == minutes


def test_a_past_night_does_not_know_what_came_later() -> None:
    rows = [ticket(1, solved_at=at(3), closed_at=at(8))]
    events = [status(0, "open"), event(1, at(2), "public_reply"), status(3, "solved")]

    got = timeline(facts(run_on=at(1).date(), ticket=rows, ticket_event=events))

    assert (got["first_replied_at"], got["solved_at"], got["is_solved"]) == (None, None, False)


def test_events_landed_twice_or_in_another_order_change_nothing() -> None:
    events = [status(0, "new"), status(1, "pending"), status(2, "open"), status(3, "solved"), status(4, "open")]
    rows = [ticket(1), ticket(2)]

    once = facts(ticket=rows, ticket_event=events).tickets.sort("ticket_id").collect()
    again = facts(ticket=rows[::-1], ticket_event=[*events[::-1], *events]).tickets.sort("ticket_id").collect()

    assert once.equals(again)


def test_events_of_a_source_of_their_own_find_their_ticket() -> None:
    events = [status(0, "new") | {"source": "events-export"}, status(3, "solved") | {"source": "events-export"}]

    got = timeline(facts(ticket=[ticket(1)], ticket_event=events))

    assert (got["source"], got["first_solved_at"]) == ("sample", at(3))


def test_two_sources_may_use_one_number_for_two_tickets() -> None:
    rows = [ticket(1), ticket(1) | {"source": "second"}]
    of = facts(ticket=rows, ticket_event=[status(3, "solved") | {"source": "second"}])

    solved = {row["source"]: row["first_solved_at"] for row in of.tickets.collect().to_dicts()}

    assert solved == {"sample": None, "second": at(3)}


def test_a_ticket_says_that_it_was_rated_and_not_how() -> None:
    rated = answer(1, "happy", 5.0, ticket_id="T1")
    of = facts(ticket=[ticket(1), ticket(2)], survey_item=[item("happy", "satisfied")], survey_response=[rated])

    assert [timeline(of, number)["is_csat_answered"] for number in ("T1", "T2")] == [True, False]


def test_no_tickets() -> None:
    assert facts().tickets.collect().is_empty()
    assert facts(promise=[promise(1, at(1), None)]).promises.collect().height == 1


def test_holds_every_column_of_the_restricted_table_but_a_name_of_another_table() -> None:
    held = facts(ticket=[ticket(1)]).tickets.collect_schema().names()
    assert set(FctTicket.columns()) - set(held) == {"customer_organisation_name"}
