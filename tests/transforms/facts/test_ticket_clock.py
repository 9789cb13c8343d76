"""Business time of a ticket: by the calendar in force on it when the stretch ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.transforms.sample_organisation import facts
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def slots(
    calendar: str, opens: int, closes: int, since: dt.datetime = LONG_AGO, zone: str = "UTC", **more: Any
) -> list[dict[str, Any]]:
    """Monday to Friday between two hours."""
    told = {"calendar_id": calendar, "valid_from_at": since, "timezone": zone, "created_at": LONG_AGO} | more
    return [told | {"weekday": day, "opens_minute": opens * 60, "closes_minute": closes * 60} for day in range(1, 6)]


def runs_on(calendar: str, when: dt.datetime, number: int = 1) -> dict[str, Any]:
    return event(number, when, "calendar", calendar)


def first_reply(of: Facts) -> float | None:
    return of.tickets.collect()["first_reply_business_minutes"].item()


# Opened Monday 09:00, answered Tuesday 12:00.
LIFE = [event(1, at(0, 9), "status", "new"), event(1, at(1, 12), "public_reply")]
EARLY, LATE = slots("early", 8, 12), slots("late", 11, 19, created_at=LONG_AGO + dt.timedelta(days=1))


def test_without_a_calendar_of_its_own_the_one_created_first_holds() -> None:
    assert first_reply(facts(ticket=[ticket(1)], ticket_event=LIFE, calendar_slot=LATE + EARLY)) == 3 * 60 + 4 * 60


def test_one_event_ends_the_stretch_and_its_calendar_counts_for_all_of_it() -> None:
    # Early until Tuesday 11:59, late at the reply: 8 hours on Monday, 1 on Tuesday, all by the late calendar.
    events = [*LIFE, runs_on("early", at(0, 9)), runs_on("late", at(1, 11, 59))]

    assert first_reply(facts(ticket=[ticket(1)], ticket_event=events, calendar_slot=EARLY + LATE)) == 9 * 60


def test_each_stretch_of_a_wait_runs_on_its_own_calendar() -> None:
    # New on Monday 09:00 to 12:00 by the early calendar; open from 14:00 to 16:00 by the late one.
    events = [
        event(1, at(0, 9), "status", "new"),
        event(1, at(0, 12), "status", "pending"),
        runs_on("late", at(0, 13)),
        event(1, at(0, 14), "status", "open"),
        event(1, at(0, 16), "status", "solved"),
    ]

    got = facts(ticket=[ticket(1)], ticket_event=events, calendar_slot=EARLY + LATE).tickets.collect()

    assert got["requester_wait_business_minutes"].item() == 3 * 60 + 2 * 60


def test_a_version_holds_from_its_day_on() -> None:
    # The early calendar closes at ten since Tuesday 00:00: the reply on Tuesday is counted by that version.
    changed = slots("early", 8, 10, since=at(1, 0))

    assert first_reply(facts(ticket=[ticket(1)], ticket_event=LIFE, calendar_slot=EARLY + changed)) == 60 + 120
    before = [LIFE[0], event(1, at(0, 12), "public_reply")]
    assert first_reply(facts(ticket=[ticket(1)], ticket_event=before, calendar_slot=EARLY + changed)) == 180


def test_zone_and_closure_of_the_calendar() -> None:
    # New York opens 09-17, which is 14-22 UTC: on Monday 2 March it closes at noon there, 17:00 UTC.
    closed = {"calendar_id": "ny", "closure_id": "1", "closed_from": at(0, 12), "closed_until": at(1, 0)}
    of = facts(
        ticket=[ticket(1)],
        ticket_event=[LIFE[0], event(1, at(1, 15), "public_reply")],
        calendar_slot=slots("ny", 9, 17, zone="America/New_York"),
        calendar_closure=[closed],
    )

    assert first_reply(of) == 3 * 60 + 60


def test_another_source_keeps_the_organisations_hours() -> None:
    elsewhere = [row | {"source": "elsewhere"} for row in slots("night", 0, 1)]

    assert first_reply(facts(ticket=[ticket(1)], ticket_event=LIFE, calendar_slot=elsewhere)) == 480 + 180
