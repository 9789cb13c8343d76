"""Promises out of their events: instances, pauses, targets that policies change, breaches that are taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.transforms.sample_organisation import facts, person
from tests.transforms.sample_tickets import at, event, ticket

NIGHT = at(10).date()


def told(
    number: int, event_type: str, when: dt.datetime, metric: str = "reply", instance: int = 1, **more: Any
) -> dict[str, Any]:
    return {
        "event_id": str(number),
        "ticket_id": "T1",
        "metric": metric,
        "instance": instance,
        "event_type": event_type,
        "at": when,
        "is_deleted": False,
    } | more


def applied(number: int, when: dt.datetime, minutes: float, clock: str = "calendar", **more: Any) -> dict[str, Any]:
    return told(number, "apply", when, target_minutes=minutes, clock=clock, policy_id="7", **more)


def promises(*events: dict[str, Any], ticket_event: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    rows = [ticket(1, requester_key=person(9), channel="web")]
    of = facts(run_on=NIGHT, ticket=rows, ticket_event=ticket_event or [], promise_event=list(events))
    return of.promises.collect().sort("promise_id").to_dicts()


def test_kept_with_an_hour_left() -> None:
    events = [
        told(1, "activate", at(0)),
        applied(2, at(0), 180),
        told(3, "fulfil", at(0, 11)),
        told(4, "elapsed", at(0, 11), elapsed_calendar_minutes=120.0, elapsed_business_minutes=90.0),
    ]

    (got,) = promises(*events)

    assert (got["promise_id"], got["metric"], got["clock"]) == ("T1-reply-1", "first_reply", "calendar")
    assert (got["is_kept"], got["state"], got["target_at"]) == (True, "kept", at(0, 12))
    assert (got["target_minutes"], got["used_minutes"]) == (180, 120)
    assert (got["requester_key"], got["channel"], got["org_unit_id"]) == (person(9), "web", "care")


def test_on_the_business_clock_the_rest_runs_over_night() -> None:
    # Answered at 16:00 on Monday with two business hours left: due on Tuesday at 10:00.
    events = [
        told(1, "activate", at(0)),
        applied(2, at(0), 540, "business"),
        told(3, "fulfil", at(0, 16)),
        told(4, "elapsed", at(0, 16), elapsed_calendar_minutes=420.0, elapsed_business_minutes=420.0),
    ]

    assert promises(*events)[0]["target_at"] == at(1, 10)


def test_broken_when_breached_and_a_breach_taken_back_never_was() -> None:
    # The target of one hour is breached at 10:00; a new priority makes it four, and it is answered at 12:00.
    life = [
        told(1, "activate", at(0)),
        applied(2, at(0), 60),
        told(3, "breach", at(0, 10)),
        told(5, "fulfil", at(0, 12)),
    ]
    moved = [*life[:2], life[2] | {"is_deleted": True}, applied(4, at(0, 9, 30), 240), life[3]]

    assert [(row["is_kept"], row["target_at"]) for row in promises(*life)] == [(False, at(0, 10))]
    assert [(row["is_kept"], row["target_minutes"]) for row in promises(*moved)] == [(True, 240)]


def test_a_policy_that_comes_after_the_answer_changes_nothing() -> None:
    events = [told(1, "activate", at(0)), applied(2, at(0), 60), told(3, "fulfil", at(0, 10)), applied(4, at(1), 5)]

    assert promises(*events)[0]["target_minutes"] == 60


def test_every_instance_is_a_promise_and_one_without_a_target_is_none() -> None:
    events = [
        told(1, "activate", at(0)),
        applied(2, at(0), 60),
        told(3, "fulfil", at(0, 10)),
        told(4, "activate", at(1), instance=2),
        applied(5, at(1), 60, instance=2),
        told(6, "activate", at(2), "agent_work"),
        told(7, "activate", at(3), "requester_wait"),
        applied(8, at(3), 60, metric="requester_wait"),
        applied(9, at(4), None, metric="requester_wait"),  # type: ignore[arg-type]
    ]

    got = promises(*events)

    assert [(row["metric"], row["state"]) for row in got] == [("first_reply", "kept"), ("next_reply", "running")]


def test_a_reopened_wait_runs_on() -> None:
    events = [
        told(1, "activate", at(0), "requester_wait"),
        applied(2, at(0), 6000, metric="requester_wait"),
        told(3, "pause", at(0, 10), "requester_wait"),
        told(4, "activate", at(0, 12), "requester_wait"),
        told(5, "fulfil", at(1), "requester_wait"),
        told(6, "activate", at(2), "requester_wait"),
    ]

    (got,) = promises(*events)

    assert (got["state"], got["fulfilled_at"], got["paused_calendar_minutes"]) == ("running", None, 120)


def test_only_what_the_source_calls_a_pause_is_one() -> None:
    # Pending does not stop a reply clock.
    pending = [event(1, at(0), "status", "pending"), event(1, at(1), "status", "open")]
    events = [told(1, "activate", at(0)), applied(2, at(0), 6000), told(3, "fulfil", at(1))]

    assert promises(*events, ticket_event=pending)[0]["paused_calendar_minutes"] == 0


def test_the_team_is_the_one_that_held_the_ticket_at_the_end() -> None:
    held = [event(1, at(0), "group", org_unit_id="desk"), event(1, at(2), "group", org_unit_id="care")]
    events = [told(1, "activate", at(0)), applied(2, at(0), 60), told(3, "fulfil", at(1))]

    assert promises(*events, ticket_event=held)[0]["org_unit_id"] == "desk"


def test_a_past_night_does_not_know_the_answer_yet() -> None:
    events = [told(1, "activate", at(0)), applied(2, at(0), 60 * 24 * 30), told(3, "fulfil", at(12))]

    assert promises(*events)[0]["state"] == "running"
