"""One team, asked back at most once, not reopened."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

ID = "seamless_rate"


def way(number: int, *teams: str, asked: int = 0, reopened_on: int | None = None) -> list[dict[str, Any]]:
    """Held by these teams from hour to hour by an agent, asked back so often, solved on the day after."""
    steps = [event(number, at(0, 9 + hour), "group", org_unit_id=team) for hour, team in enumerate(teams)]
    last = {"org_unit_id": teams[-1]}
    for hour in range(asked):
        steps += [event(number, at(0, 14 + hour), "status", "pending", **last)]
        steps += [event(number, at(0, 14 + hour, 30), "status", "open", **last)]
    steps.append(event(number, at(1), "status", "solved", **last))
    if reopened_on is not None:
        steps.append(event(number, at(reopened_on), "status", "open", **last))
    return steps


def sorted_first(number: int) -> list[dict[str, Any]]:
    """Passed on by the desk before an agent held it."""
    return [
        event(number, at(0, 9), "group", org_unit_id="desk", agent_key=None),
        event(number, at(0, 10), "group", agent_key=None),
        event(number, at(0, 10), "assignee"),
        event(number, at(1), "status", "solved"),
    ]


TICKETS = [ticket(number) for number in range(1, 6)]
EVENTS = [
    *way(1, "care"),
    *way(2, "desk", "care"),
    *way(3, "care", asked=2),
    *way(4, "care", reopened_on=8),
    *sorted_first(5),
]


def known(events: list[dict[str, Any]] = EVENTS, tickets: list[dict[str, Any]] = TICKETS, **more: Any) -> Facts:
    return night(ticket=tickets, ticket_event=events, **more)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"], got["coverage"]) == (0.4, 2, 5, 1.0)
    assert month(ID, known(), variant="routing_counts")["value"] == 0.2
    assert quarter(ID, known(), "care")["value"] == 0.4


@pytest.mark.parametrize(
    ("events", "seamless"),
    [
        (way(1, "care", asked=1), 1.0),
        (way(1, "care", reopened_on=16), 1.0),
        (way(1, "care", "desk", "care"), 0.0),
        ([*way(1, "care"), event(1, at(3), "group", org_unit_id="desk")], 1.0),  # moved after it was solved
        ([event(1, at(0, 9, 30), "private_note", org_unit_id="desk", agent_key=None), *sorted_first(1)], 0.0),
    ],
)
def test_what_is_seamless(events: list[dict[str, Any]], seamless: float) -> None:
    assert month(ID, known(events, [ticket(1)]))["value"] == seamless


def test_without_a_timeline_it_lowers_the_coverage() -> None:
    got = month(ID, known(tickets=[*TICKETS, ticket(6, solved_at=at(1), status="solved")]))

    assert (got["denominator"], got["coverage"]) == (5, pytest.approx(5 / 6))


def test_only_snapshots_are_a_missing_source() -> None:
    got = month(ID, known([event(9, at(0), "status", "new")], [ticket(6, solved_at=at(1), status="solved"), ticket(9)]))

    assert (got["state"], got["flags"]) == ("source_missing", "missing:timeline_of_status_and_teams")


def test_unripe_until_14_days_after_the_month() -> None:
    assert month(ID, known(run_on=dt.date(2026, 4, 13)))["state"] == "not_matured"


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known([*EVENTS[::-1], *EVENTS], TICKETS[::-1]), ID)


def test_none_seamless_is_zero_and_deleted_tickets_are_no_cell() -> None:
    assert month(ID, known(way(1, "desk", "care"), [ticket(1)]))["value"] == 0.0
    assert computed(ID, known(way(1, "care"), [ticket(1, is_deleted=True)])).cells.is_empty()
