"""Waits, work, replies and one-touch of a ticket: counted once, and null with a reason where nobody recorded it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.sample_organisation import facts, person
from tests.transforms.sample_tickets import at, event, ticket
from transforms.contracts.restricted import FctTicket
from transforms.marts.restricted import fct_ticket

NIGHT = at(40).date()


def measures(events: list[dict[str, Any]], night: dt.date = NIGHT, **more: Any) -> dict[str, Any]:
    rows = [ticket(1, **{"requester_key": person(8)} | more)]
    return facts(run_on=night, ticket=rows, ticket_event=events).tickets.collect().row(0, named=True)


def unheld(when: dt.datetime, event_type: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    return event(1, when, event_type, value, agent_key=None, **more)


# A Monday. Opened 09:00; assigned 09:30; the customer is told to wait 10:00, writes at 10:20 and 10:40, and is asked
# 11:00 (pending); answers 12:00; on hold 13:00 to 14:00; nobody holds it 14:00 to 14:30; solved 15:00 with a word.
DAY = [
    unheld(at(0, 9), "status", "new"),
    event(1, at(0, 9, 30), "assignee"),
    event(1, at(0, 9, 30), "status", "open"),
    event(1, at(0, 9, 40), "private_note"),
    event(1, at(0, 10), "public_reply"),
    event(1, at(0, 10, 5), "public_reply", actor_role="bot"),
    event(1, at(0, 10, 20), "public_reply", actor_role="requester"),
    event(1, at(0, 10, 40), "public_reply", actor_role="requester"),
    event(1, at(0, 11), "public_reply"),
    event(1, at(0, 11), "status", "pending"),
    event(1, at(0, 12), "public_reply", actor_role="requester"),
    event(1, at(0, 12), "status", "open"),
    event(1, at(0, 13), "status", "on_hold"),
    event(1, at(0, 14), "status", "open"),
    unheld(at(0, 14), "assignee"),
    event(1, at(0, 14, 30), "assignee", agent_key=person(9)),
    event(1, at(0, 15), "public_reply", agent_key=person(9)),
    event(1, at(0, 15), "status", "solved", agent_key=person(9)),
]


def test_a_day_of_a_ticket() -> None:
    got = measures(DAY)

    expected = {
        "first_reply": 60,
        "total_reply": 60 + 40 + 180,  # opening to 10:00, 10:20 to 11:00, 12:00 to 15:00
        "first_resolution": 360,
        "full_resolution": 360,
        "requester_wait": 30 + 90 + 60 + 60 + 60,  # new, open, open, on hold, open
        "agent_wait": 60,
        "agent_work": 30 + 90 + 60 + 60,
        "on_hold": 60,
        "first_assignment_to_resolution": 330,
        "unassigned": 30 + 30,
    }
    for clock in ("calendar", "business"):
        assert {name: got[f"{name}_{clock}_minutes"] for name in expected} == pytest.approx(expected)
    counts = ("agent_reply_count", "public_agent_reply_count", "requester_reply_count", "resolution_count")
    assert [got[name] for name in counts] == [4, 3, 3, 1]
    assert (got["is_one_touch"], got["is_reopened_now"], got["is_csat_answered"]) == (False, False, None)
    assert got["missing_reason"] == "no_survey_of_tickets"


def test_business_time_stops_at_night() -> None:
    got = measures([event(1, at(0, 16), "status", "pending"), event(1, at(1, 10), "status", "solved")])

    assert (got["agent_wait_calendar_minutes"], got["agent_wait_business_minutes"]) == (18 * 60, 120)
    assert (got["agent_work_calendar_minutes"], got["agent_work_business_minutes"]) == (420, 420)


def test_reopened_work_counts_and_the_first_solve_stays_the_first() -> None:
    events = [event(1, at(0, 10), "status", "solved"), event(1, at(1, 10), "status", "open")]
    now = measures(events)
    later = measures([*events, event(1, at(1, 12), "status", "solved")])

    assert (now["is_reopened_now"], later["is_reopened_now"]) == (True, False)
    assert (now["agent_work_calendar_minutes"], later["agent_work_calendar_minutes"]) == (None, 60 + 120)
    assert (later["first_resolution_calendar_minutes"], later["full_resolution_calendar_minutes"]) == (60, 27 * 60)
    assert later["resolution_count"] == 2
    assert "not_ended" in now["missing_reason"].split(",")


@pytest.mark.parametrize(
    ("replies", "reopened_on", "night", "expected"),
    [
        ([at(0, 10)], None, 40, True),
        ([at(0, 10), at(0, 11)], None, 40, False),
        ([], None, 40, False),
        ([at(0, 10), at(2)], None, 40, True),  # a word of thanks after the solve
        ([at(0, 10)], 10, 40, False),
        ([at(0, 10)], 20, 40, True),  # reopened after the 14 days
        ([at(0, 10)], None, 13, None),  # not known before the 14 days have passed
    ],
)
def test_one_touch(replies: list[dt.datetime], reopened_on: int | None, night: int, expected: bool | None) -> None:
    events = [event(1, at(0, 11), "status", "solved"), event(2, at(0, 9), "public_reply")]
    events += [event(1, when, "public_reply") for when in replies]
    if reopened_on:
        events.append(event(1, at(reopened_on), "status", "open"))
    of = facts(run_on=at(night).date(), ticket=[ticket(1), ticket(2)], ticket_event=events)

    assert of.tickets.filter(pl.col("ticket_id") == "T1").collect().row(0, named=True)["is_one_touch"] is expected


def test_a_snapshot_says_what_it_cannot_know() -> None:
    got = measures([], solved_at=at(1), status="solved", reopen_count=0)

    assert (got["full_resolution_calendar_minutes"], got["first_resolution_calendar_minutes"]) == (1440, 1440)
    unknown = ("total_reply_calendar_minutes", "requester_wait_business_minutes", "agent_reply_count", "is_one_touch")
    assert [got[name] for name in unknown] == [None] * 4
    assert got["missing_reason"] == "no_events,no_survey_of_tickets"


def test_a_status_the_source_never_shows_was_not_measured() -> None:
    got = measures([event(1, at(0, 10), "status", "solved")])

    assert (got["on_hold_calendar_minutes"], got["agent_wait_calendar_minutes"]) == (None, None)
    assert got["agent_work_calendar_minutes"] == 60
    assert {"no_pending_in_source", "no_on_hold_in_source"} <= set(got["missing_reason"].split(","))


def test_a_cancelled_ticket_has_waited_and_was_not_resolved() -> None:
    got = measures([event(1, at(0, 10), "status", "open"), event(1, at(0, 11), "status", "cancelled")])

    assert (got["requester_wait_calendar_minutes"], got["first_resolution_calendar_minutes"]) == (120, None)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 60 * 24 * 10),
        st.sampled_from(
            [
                ("status", "new"),
                ("status", "open"),
                ("status", "pending"),
                ("status", "on_hold"),
                ("status", "solved"),
                ("status", "closed"),
                ("status", "cancelled"),
                ("public_reply", None),
                ("assignee", None),
                ("reopen", None),
            ]
        ),
        st.sampled_from(["agent", "requester", "bot"]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_null_has_a_reason_and_time_is_neither_lost_nor_doubled(steps: list[Any]) -> None:
    events = [
        event(1, at(0) + dt.timedelta(minutes=minute), kind, value, sequence=number, actor_role=role)
        | ({"agent_key": None} if nobody else {})
        for number, (minute, (kind, value), role, nobody) in enumerate(steps)
    ]
    of = facts(run_on=NIGHT, ticket=[ticket(1), ticket(2)], ticket_event=events)
    again = facts(run_on=NIGHT, ticket=[ticket(2), ticket(1)], ticket_event=[*events[::-1], *events])

    table = fct_ticket(of)

    assert table.equals(fct_ticket(again))
    measured = [
        name for name in FctTicket.columns() if name.endswith(("_minutes", "_count", "_stations", "is_one_touch"))
    ]
    for row in table.iter_rows(named=True):
        assert any(row[name] is None for name in measured) <= (row["missing_reason"] is not None)
        spans = [row[f"{name}_calendar_minutes"] for name in ("requester_wait", "agent_wait", "on_hold", "agent_work")]
        if None not in spans:
            assert spans[0] == pytest.approx(spans[3] + spans[2])
            assert spans[0] + spans[1] <= 60 * 24 * 10
        for name in ("requester_wait", "unassigned", "total_reply", "agent_wait"):
            if row[f"{name}_business_minutes"] is not None:
                assert row[f"{name}_business_minutes"] <= row[f"{name}_calendar_minutes"] + 1e-6


def test_odd_tickets_keep_their_row_and_say_what_is_odd() -> None:
    closed = [event(1, at(0), "status", "new"), event(1, at(1), "status", "closed")]
    merged = [*closed, event(1, at(1), "merge")]

    def reasons(*args: Any, **more: Any) -> set[str]:
        return set(measures(*args, **more)["missing_reason"].split(","))

    assert "no_requester" in reasons(closed, requester_key=None)
    assert "closed_unsolved" in reasons(closed)
    assert {"merged", "deleted"} & reasons(merged, is_deleted=True) == {"merged"}
    assert {"merged", "deleted"} & reasons(closed, is_deleted=True) == {"deleted"}
    assert "closed_unsolved" in reasons([], status="closed")
    assert "closed_unsolved" not in reasons([*closed[:1], event(1, at(0, 12), "status", "solved"), closed[1]])


def test_where_the_source_never_says_when_it_closed_the_timeline_does() -> None:
    closed = [event(1, at(0), "status", "new"), event(1, at(1), "status", "closed")]

    assert measures(closed)["closed_at"] == at(1)
    assert measures(closed, closed_at=at(2))["closed_at"] == at(2)
    assert measures([*closed, event(1, at(2), "status", "open")])["closed_at"] is None
