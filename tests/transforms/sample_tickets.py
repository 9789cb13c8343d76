"""Staged tickets, events and promises for worked examples: only what an example says differs from the defaults."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.transforms.sample_organisation import person

MONDAY = dt.date(2026, 3, 2)


def at(day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """A moment (UTC) `day` days after Monday 2 March 2026."""
    return dt.datetime.combine(MONDAY, dt.time(hour, minute), dt.UTC) + dt.timedelta(days=day)


def ticket(number: int, created_at: dt.datetime | None = None, **more: Any) -> dict[str, Any]:
    return {
        "ticket_id": f"T{number}",
        "created_at": created_at or at(0),
        "updated_at": created_at or at(0),
        "org_unit_id": "care",
        "agent_key": person(number % 6),
        "is_deleted": False,
    } | more


def event(number: int, when: dt.datetime, event_type: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "ticket_id": f"T{number}",
        "at": when,
        "sequence": 0,
        "event_type": event_type,
        "value": value,
        "org_unit_id": "care",
        "agent_key": person(number % 6),
        "actor_role": "agent",
    } | more


def promise(
    number: int, target_at: dt.datetime | None, fulfilled_at: dt.datetime | None, **more: Any
) -> dict[str, Any]:
    return {
        "promise_id": f"P{number}",
        "ticket_id": f"T{number}",
        "metric": "resolution",
        "clock": "calendar",
        "began_at": at(0),
        "target_at": target_at,
        "fulfilled_at": fulfilled_at,
        "is_cancelled": False,
        "org_unit_id": "care",
        "agent_key": person(number % 6),
    } | more
