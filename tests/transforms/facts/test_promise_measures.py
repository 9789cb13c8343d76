"""How long a promise ran and was paused, at which priority, and where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.sample_organisation import facts
from tests.transforms.sample_tickets import at, event, promise, ticket

NIGHT = at(10).date()


def measured(row: dict[str, Any], events: list[dict[str, Any]] | None = None, **ticket_says: Any) -> dict[str, Any]:
    of = facts(run_on=NIGHT, promise=[row], ticket=[ticket(1, **ticket_says)], ticket_event=events or [])
    return of.promises.collect().row(0, named=True)


def status(day: int, value: str, hour: int = 9) -> dict[str, Any]:
    return event(1, at(day, hour), "status", value)


# Monday 09:00 to Wednesday 12:00; pending Monday 16:00 to Tuesday 10:00 (18 hours, 2 of them open).
PAUSED = [status(0, "open"), status(0, "pending", 16), status(1, "open", 10), status(2, "solved", 12)]


def test_elapsed_and_paused() -> None:
    got = measured(promise(1, at(3), at(2, 12), clock="business"), PAUSED)

    assert (got["elapsed_calendar_minutes"], got["elapsed_business_minutes"]) == (51 * 60, 19 * 60)
    assert (got["paused_calendar_minutes"], got["paused_business_minutes"]) == (18 * 60, 120)
    # Used of its target on its own clock, pauses taken off: 19 - 2 of 24 - 2 business hours.
    assert (got["used_minutes"], got["target_minutes"]) == (17 * 60, 22 * 60)


def test_the_calendar_clock_takes_off_calendar_pauses() -> None:
    got = measured(promise(1, at(3), at(2, 12)), PAUSED)

    assert (got["used_minutes"], got["target_minutes"]) == ((51 - 18) * 60, (72 - 18) * 60)


def test_a_pause_before_or_after_the_promise_is_not_its_own() -> None:
    events = [status(0, "pending"), status(0, "open", 11), status(3, "pending"), status(4, "open")]

    got = measured(promise(1, at(3), at(2), began_at=at(0, 10)), events)

    assert got["paused_calendar_minutes"] == 60


def test_without_a_timeline_pauses_are_unknown() -> None:
    got = measured(promise(1, at(3), at(2)))

    assert (got["paused_calendar_minutes"], got["elapsed_calendar_minutes"]) == (None, 2880)
    assert (got["used_minutes"], got["target_minutes"]) == (2880, 4320)


def test_an_open_promise_has_run_until_the_night() -> None:
    got = measured(promise(1, at(2), None))

    assert got["elapsed_calendar_minutes"] == 10 * 1440 + 15 * 60
    assert got["used_minutes"] is None


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (promise(1, at(2), at(1)), "kept"),
        (promise(1, at(2), at(3)), "broken"),
        (promise(1, at(20), None), "running"),
        (promise(1, at(20), at(1)), "fulfilled"),
        (promise(1, at(2), at(1), is_cancelled=True), "cancelled"),
        (promise(1, None, None, is_kept=True, closed_at=at(3)), "kept"),
        (promise(1, None, None, closed_at=at(3)), "unknown"),
    ],
)
def test_state(row: dict[str, Any], state: str) -> None:
    assert measured(row)["state"] == state


def test_priority_is_that_of_the_start() -> None:
    events = [event(1, at(0), "priority", "low"), event(1, at(2), "priority", "urgent")]
    began_late = promise(1, at(5), None, began_at=at(3))

    assert measured(promise(1, at(5), None), events, priority="urgent")["priority"] == "low"
    assert measured(began_late, events, priority="urgent")["priority"] == "urgent"
    assert measured(promise(1, at(5), None, priority="high"), events, priority="urgent")["priority"] == "high"
    assert measured(promise(1, at(5), None), priority="urgent")["priority"] is None  # nobody told when it changed
