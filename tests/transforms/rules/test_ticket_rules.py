import datetime as dt

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.rules import STAGED_RULES

RULES = {(rule.table, rule.id): rule for rule in STAGED_RULES}


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


def rows(table: str, *given: dict[str, object]) -> pl.LazyFrame:
    schema = STAGED[table].create_empty().schema
    filled = [{"source": "desk", "source_page": "page-1", "source_row": n} | row for n, row in enumerate(given, 1)]
    return pl.DataFrame(filled, schema=schema).lazy()


def ticket(**values: object) -> dict[str, object]:
    return {"ticket_id": "T1", "created_at": at(2, 10), "updated_at": at(4, 9), "is_deleted": False} | values


def event(moment: dt.datetime, event_type: str = "status", **values: object) -> dict[str, object]:
    return {"ticket_id": "T1", "at": moment, "sequence": 0, "event_type": event_type, "actor_role": "agent"} | values


def holds(rule: str, table: str, candidates: dict[str, pl.LazyFrame], **known: pl.LazyFrame) -> list[bool]:
    frame = RULES[table, rule].check(candidates, known)
    return frame.sort("source_row").collect()["holds"].to_list()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(at(2, 10), True), (at(2, 9, 59), True), (at(2, 9, 58), False), (at(1, 10), False), (at(3, 0), True)],
)
def test_an_event_more_than_a_minute_before_its_tickets_creation_does_not_hold(
    moment: dt.datetime, expected: bool
) -> None:
    candidates = {"ticket": rows("ticket", ticket()), "ticket_event": rows("ticket_event", event(moment))}

    assert holds("event_before_creation", "ticket_event", candidates) == [expected]


def test_the_ticket_may_have_come_on_an_earlier_night() -> None:
    candidates = {"ticket_event": rows("ticket_event", event(at(1, 9)), event(at(2, 11), ticket_id="T2"))}
    known = rows("ticket", ticket())

    assert holds("event_before_creation", "ticket_event", candidates, ticket=known) == [False, True]
    assert holds("event_of_unknown_ticket", "ticket_event", candidates, ticket=known) == [True, False]


def test_the_candidate_version_of_a_ticket_wins_over_the_known_one() -> None:
    candidates = {
        "ticket": rows("ticket", ticket(created_at=at(1, 8))),
        "ticket_event": rows("ticket_event", event(at(1, 9))),
    }

    assert holds("event_before_creation", "ticket_event", candidates, ticket=rows("ticket", ticket())) == [True]


def test_a_separate_export_of_events_speaks_of_the_tickets_of_another_source() -> None:
    events = rows("ticket_event", event(at(1, 9), source="desk-events"))
    candidates = {"ticket_event": events}

    assert holds("event_before_creation", "ticket_event", candidates, ticket=rows("ticket", ticket())) == [False]
    assert RULES["ticket_event", "event_before_creation"].check(
        candidates, {"ticket": rows("ticket", ticket())}
    ).collect()["source"].to_list() == ["desk-events"]


def test_two_pages_with_the_same_ticket_judge_each_event_once() -> None:
    candidates = {
        "ticket": rows("ticket", ticket(), ticket(source_page="page-2", updated_at=at(5, 9), closed_at=at(3, 9))),
        "ticket_event": rows("ticket_event", event(at(4, 9), "public_reply")),
    }

    assert holds("reply_after_close", "ticket_event", candidates) == [False]


def test_a_reply_after_the_ticket_was_closed_is_noticed_and_other_events_are_not() -> None:
    candidates = {
        "ticket": rows("ticket", ticket(closed_at=at(3, 10))),
        "ticket_event": rows(
            "ticket_event",
            event(at(3, 9), "public_reply"),
            event(at(3, 11), "public_reply"),
            event(at(3, 11), "private_note"),
        ),
    }

    assert holds("reply_after_close", "ticket_event", candidates) == [True, False, True]


def test_an_open_ticket_takes_replies_at_any_time() -> None:
    candidates = {
        "ticket": rows("ticket", ticket()),
        "ticket_event": rows("ticket_event", event(at(9, 9), "public_reply")),
    }

    assert holds("reply_after_close", "ticket_event", candidates) == [True]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, True),
        ({"solved_at": at(2, 12), "closed_at": at(3, 12)}, True),
        ({"solved_at": at(2, 9)}, False),
        ({"solved_at": at(2, 12), "closed_at": at(1, 12)}, False),
        ({"solved_at": at(2, 9, 59)}, True),
    ],
)
def test_a_ticket_is_solved_and_closed_after_it_was_created(times: dict[str, dt.datetime], expected: bool) -> None:
    assert holds("solved_before_created", "ticket", {"ticket": rows("ticket", ticket(**times))}) == [expected]
