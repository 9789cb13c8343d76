"""Verdicts on promises: due when their target comes, kept only if fulfilled by then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.sample_organisation import facts
from tests.transforms.sample_tickets import at, event, promise, ticket
from transforms.contracts.restricted import FctPromise

NIGHT = at(10).date()


def verdict(row: dict[str, Any], **tables: Any) -> dict[str, Any]:
    return facts(run_on=NIGHT, promise=[row], **tables).promises.collect().row(0, named=True)


@pytest.mark.parametrize(
    ("target", "fulfilled", "expected"),
    [
        (at(2), at(1), True),
        (at(2), at(2), True),  # on time to the second
        (at(2), at(2, 9, 1), False),
        (at(2), None, False),  # still open at its target
        (at(2), at(20), False),  # fulfilled after the night, so open on it
        (at(20), None, None),  # not due
        (at(20), at(1), None),  # fulfilled early: judged when due
    ],
)
def test_with_a_target(target: Any, fulfilled: Any, expected: bool | None) -> None:
    got = verdict(promise(1, target, fulfilled))

    assert (got["is_kept"], got["due_at"]) == (expected, target)


@pytest.mark.parametrize(
    ("closed", "flag", "expected"), [(at(3), True, True), (at(3), False, False), (None, True, None)]
)
def test_the_sources_own_verdict_counts_once_it_is_settled(closed: Any, flag: bool, expected: bool | None) -> None:
    got = verdict(promise(1, None, None, is_kept=flag, closed_at=closed))

    assert (got["is_kept"], got["due_at"]) == (expected, closed)


def test_a_settled_promise_of_unknown_fulfilment_is_as_the_source_says() -> None:
    kept = verdict(promise(1, at(2), None, is_kept=True, closed_at=at(2)))
    still_open = verdict(promise(1, at(2), None, is_kept=True))

    assert (kept["is_kept"], still_open["is_kept"]) == (True, False)


def test_a_promise_on_a_deleted_ticket_is_cancelled() -> None:
    assert verdict(promise(1, at(2), None), ticket=[ticket(1, is_deleted=True)])["is_cancelled"]


def test_belongs_to_the_team_that_held_the_ticket_when_it_began() -> None:
    moves = [event(1, at(0), "group", org_unit_id="desk"), event(1, at(2), "group", org_unit_id="care")]

    teams = [
        verdict(promise(1, at(5), None, began_at=began), ticket=[ticket(1)], ticket_event=moves)["began_org_unit_id"]
        for began in (at(-1), at(0), at(1), at(2), at(3))
    ]

    assert teams == ["desk", "desk", "desk", "care", "care"]
    assert verdict(promise(1, at(5), None))["began_org_unit_id"] == "care"


def test_a_promise_landed_twice_is_one() -> None:
    row = promise(1, at(2), at(1))

    assert facts(promise=[row, row]).promises.collect().height == 1


def test_holds_every_column_of_the_restricted_table() -> None:
    assert set(FctPromise.columns()) <= set(facts(promise=[promise(1, at(2), None)]).promises.collect_schema().names())
