"""Whether a ticket is over, and since when, as its row says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.sample_organisation import table
from tests.transforms.sample_tickets import at, ticket
from transforms.facts.endings import is_open, over_at

SEEN = at(5)


def told(**row: Any) -> tuple[bool, dt.datetime | None]:
    """Whether a ticket last seen on day 5 is open on the midnight of day 9, and since when it is over."""
    blank = {"status": None, "solved_at": None, "closed_at": None, "updated_at": SEEN}
    rows = table("ticket", [ticket(1, at(0), **(blank | row))])
    return rows.select(is_open().fill_null(False).alias("is_open"), over_at(at(9)).alias("over_at")).row(0)


@pytest.mark.parametrize("status", ["new", "open", "pending", "on_hold"])
def test_a_ticket_at_work_is_open_whenever_it_was_solved(status: str) -> None:
    assert told(status=status) == told(status=status, solved_at=at(2)) == (True, None)


@pytest.mark.parametrize("status", ["solved", "closed", "cancelled"])
def test_one_that_is_over_without_a_time_was_over_when_last_seen(status: str) -> None:
    assert told(status=status) == (False, SEEN)
    assert told(status=status, updated_at=at(20)) == (False, at(9))


def test_its_times_come_first() -> None:
    assert told(status="closed", solved_at=at(2), closed_at=at(4)) == (False, at(4))
    assert told(status="solved", solved_at=at(2)) == (False, at(2))


def test_without_a_status_its_times_tell() -> None:
    assert told() == (True, None)
    assert told(solved_at=at(2)) == (False, at(2))
