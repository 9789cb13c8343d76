"""Events of promises, calendars with closures, a source's own measures, and roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from transforms.staging.stage import StagedPage

CALENDARS = {
    "kind": "tickets",
    "grain": "calendars",
    "columns": {
        "calendar_id": "id",
        "valid_from_at": "since",
        "weekday": "day",
        "opens_minute": "opens",
        "closes_minute": "closes",
        "timezone": "zone",
    },
}
PROMISE_EVENTS = {
    "kind": "tickets",
    "grain": "promise_events",
    "columns": {name: name for name in ("event_id", "ticket_id", "metric", "event_type", "at", "target_minutes")},
}


def test_a_slot_in_a_zone_nobody_knows_is_refused(
    stage: Callable[..., StagedPage], fates: Callable[[StagedPage], list[tuple[Any, ...]]]
) -> None:
    text = "id | since | day | opens | closes | zone\n a | 2026-01-01 | 1 | 540 | 1020 | Europe/Berlin\n"

    page = stage(text + " b | 2026-01-01 | 1 | 540 | 1020 | Middle Earth", **CALENDARS)

    slot = page.tables["calendar_slot"].row(0, named=True)
    assert (slot["calendar_id"], slot["opens_minute"]) == ("a", 540)
    assert slot["created_at"] == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert fates(page) == [(2, "quarantined", "unknown_value", "zone")]


def test_an_event_of_a_promise(stage: Callable[..., StagedPage]) -> None:
    text = "event_id | ticket_id | metric | event_type | at | target_minutes\n"
    text += " 9007199254740993 | T1 | reply | apply | 2026-01-01 | 60"

    row = stage(text, **PROMISE_EVENTS).tables["promise_event"].row(0, named=True)

    assert (row["event_id"], row["instance"], row["target_minutes"]) == ("9007199254740993", 1, 60)
    assert row["is_deleted"] is False


def test_the_newest_measures_of_a_ticket_win(
    stage: Callable[..., StagedPage], fates: Callable[[StagedPage], list[tuple[Any, ...]]]
) -> None:
    columns = {"ticket_id": "t", "updated_at": "at", "reopen_count": "n", "on_hold_business_minutes": "hold"}

    page = stage(
        "t | at | n | hold\n T1 | 2026-01-02 | 2 | 30\n T1 | 2026-01-01 | 1 |",
        kind="tickets",
        grain="metrics",
        columns=columns,
    )

    row = page.tables["ticket_metric"].row(0, named=True)
    assert (row["reopen_count"], row["on_hold_business_minutes"], row["solved_at"]) == (2, 30, None)
    assert fates(page) == [(2, "superseded", "older_version", None)]


def test_roles_are_pseudonymous(stage: Callable[..., StagedPage]) -> None:
    columns = {"person": "id", "valid_from_at": "at", "role": "role"}

    page = stage("id | at | role\n 77 | 2026-01-01 | agent", kind="organisation", grain="roles", columns=columns)

    row = page.tables["person_role"].row(0, named=True)
    assert row["person_key"].startswith("p_")
    assert row["role"] == "agent"
