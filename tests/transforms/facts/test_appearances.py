"""Where events show people: on which days two nights place somebody elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from tests.transforms.sample_organisation import person, table
from tests.transforms.sample_tickets import at, event, ticket
from transforms.contracts import STAGED
from transforms.contracts.restricted import FctPromise
from transforms.facts.appearances import differing_days
from transforms.facts.context import Context
from transforms.facts.longest_wait import LongestWait
from transforms.facts.times import TIMES
from transforms.facts.touched import Changed, touched_since

NIGHT = Context(run_on=at(12).date())


def seen(day: int, unit: str, agent: int = 1) -> dict[str, Any]:
    return event(1, at(day), "status", "open", org_unit_id=unit, agent_key=person(agent))


def tables(*events: dict[str, Any]) -> dict[str, pl.LazyFrame]:
    empty = {name: contract.create_empty().lazy() for name, contract in STAGED.items()}
    return empty | {"ticket_event": table("ticket_event", list(events)).lazy()}


def days(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[int]:
    found = differing_days([tables(*then), tables(*now)], [NIGHT, NIGHT]).collect()["on"].sort()
    return [(day - at(0).date()).days for day in found]


KNOWN = [seen(1, "care"), seen(10, "care")]


def test_a_sight_that_came_late_counts_up_to_the_next_one() -> None:
    assert days(KNOWN, [*KNOWN, seen(4, "sales")]) == [4, 5, 6, 7, 8, 9]


def test_the_last_sight_counts_up_to_the_night() -> None:
    assert days(KNOWN, [*KNOWN, seen(11, "sales")]) == [11, 12]


def test_a_sight_that_went_counts_as_one_that_came() -> None:
    assert days([*KNOWN, seen(4, "sales")], KNOWN) == [4, 5, 6, 7, 8, 9]


def test_nights_that_saw_the_same_place_everybody_the_same() -> None:
    assert days(KNOWN, KNOWN[::-1]) == []


def touched_by_a_late_sight(membership: list[dict[str, Any]]) -> dt.date | None:
    """The first touched day of recognition when a ticket shows somebody in another unit on day 4."""
    before, after = tables(*KNOWN), tables(*KNOWN, seen(4, "sales"))
    stays = {"membership": table("membership", membership).lazy(), "ticket": table("ticket", [ticket(1)]).lazy()}
    empty = {name: STAGED[name].create_empty() for name in TIMES}
    changed = Changed(empty, empty | {"ticket_event": table("ticket_event", [seen(4, "sales")])})
    promises = FctPromise.create_empty().lazy()
    touched = touched_since(changed, before | stays, after | stays, NIGHT, NIGHT, LongestWait(1e9, 1e9), promises)
    return min(touched.days["recognition"], default=None)


def test_only_where_no_source_tells_memberships_a_ticket_moves_recognitions() -> None:
    stay = {"person_key": person(1), "org_unit_id": "care", "valid_from_on": at(0).date(), "source": "hr"}
    assert touched_by_a_late_sight([]) == at(4).date()
    assert touched_by_a_late_sight([stay]) is None
