"""Time to the first human reply: the unanswered have waited too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from tests.transforms.sample_organisation import cell, computed, facts, units
from tests.transforms.sample_tickets import at, event, ticket

UNITS = units({"acme": None, "care": "acme"})
NIGHT = dt.date(2026, 4, 20)
MARCH = dt.date(2026, 3, 1)


def march(tickets: list[dict[str, Any]], events: list[dict[str, Any]], component: str = "median") -> dict[str, Any]:
    found = computed("welcome_time", facts(run_on=NIGHT, org_unit=UNITS, ticket=tickets, ticket_event=events))
    monthly = type(found)(found.cells.filter(pl.col("period_grain") == "month"), found.people, found.crowd)
    return cell(monthly, "care", component, start=MARCH)


def reply(number: int, minutes: int, **more: Any) -> dict[str, Any]:
    return event(number, at(0, 9) + dt.timedelta(minutes=minutes), "public_reply", **more)


def test_worked_example() -> None:
    # Replies after 10 and 40 minutes; one ticket closed without a word after 20.
    tickets = [ticket(1), ticket(2, closed_at=at(0, 9, 20)), ticket(3)]

    got = march(tickets, [reply(1, 10), reply(3, 40)])

    assert (got["value"], got["denominator"], got["n_events"]) == (40, 3, 2)


def test_without_censoring_it_is_the_plain_quantile() -> None:
    tickets, events = (
        [ticket(number) for number in range(10)],
        [reply(number, 10 * number + 10) for number in range(10)],
    )

    assert (march(tickets, events)["value"], march(tickets, events, "p90")["value"]) == (50, 90)


def test_silence_is_no_short_wait() -> None:
    # One of four answered: half of them never were.
    got = march([ticket(number) for number in range(4)], [reply(0, 5)])

    assert (got["value"], got["state"], got["flags"]) == (None, "not_enough_data", "quantile_not_reached")


def test_bots_do_not_welcome() -> None:
    tickets = [ticket(1)]

    assert march(tickets, [reply(1, 1, actor_role="bot"), reply(1, 30)])["value"] == 30


def test_nights_do_not_count() -> None:
    late = ticket(1, at(0, 16))

    assert march([late], [event(1, at(1, 10), "public_reply")])["value"] == 120


def test_order_and_repetition_change_nothing() -> None:
    tickets, events = [ticket(number) for number in range(9)], [reply(number, 7 * number + 1) for number in range(7)]

    assert march(tickets[::-1], [*events[::-1], *events]) == march(tickets, events)


def test_all_at_once_is_zero_minutes() -> None:
    got = march([ticket(1), ticket(2)], [reply(1, 0), reply(2, 0)])

    assert (got["value"], got["state"]) == (0.0, "published")


def test_a_source_without_replies_says_so_once_per_period() -> None:
    found = computed(
        "welcome_time",
        facts(run_on=NIGHT, org_unit=UNITS, ticket=[ticket(1)], ticket_event=[event(1, at(0), "status", "new")]),
    ).cells

    assert found["state"].unique().to_list() == ["source_missing"]
    assert found["flags"].unique().to_list() == ["missing:public_reply"]
    assert found["org_unit_id"].unique().to_list() == ["acme"]


def test_no_tickets() -> None:
    assert computed("welcome_time", facts(run_on=NIGHT, org_unit=UNITS, ticket=[], ticket_event=[])).cells.is_empty()
