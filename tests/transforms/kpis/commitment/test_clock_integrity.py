"""Kept for the customer or for the clock: bunching, late pauses, moves after a bad rating."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed, person
from tests.transforms.sample_tickets import at, event, promise, ticket
from transforms.kpis.registry import kpi
from transforms.stats.rates import rate_ratio

ID = "clock_integrity"
START = at(0)
MINUTES = 1000  # every target of these examples


def promised(number: int, used: float | None, **more: Any) -> dict[str, Any]:
    """A promise of 1,000 minutes fulfilled after `used` of them."""
    done = None if used is None else START + dt.timedelta(minutes=used)
    return promise(number, START + dt.timedelta(minutes=MINUTES), done, **more)


def bunched(used: list[float | None]) -> dict[str, Any]:
    promises = [promised(number, share) for number, share in enumerate(used)]
    of = night(promise=promises, ticket=[ticket(number) for number in range(len(used))], ticket_event=[])
    return month(ID, of, component="bunching")


def test_worked_example_of_bunching() -> None:
    got = bunched([*[850.0] * 4, *[950.0] * 12, 100.0, 1100.0, None])

    low, high = (float(bound) for bound in rate_ratio(12, 1, 4, 1)[1:])
    assert (got["value"], got["numerator"], got["denominator"], got["n_events"]) == (3, 12, 4, 16)
    assert (got["ci_low"], got["ci_high"]) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("used", "counts"), [(800, (0, 1)), (801, (0, 2)), (900, (0, 2)), (901, (1, 1)), (1000, (1, 1)), (1001, (0, 1))]
)
def test_the_bands_are_open_below_and_closed_above(used: float, counts: tuple[int, int]) -> None:
    got = bunched([850.0, used])

    assert (got["numerator"], got["denominator"]) == counts


def test_nothing_in_the_band_before_is_no_number_and_never_infinite() -> None:
    got = bunched([950.0])

    assert (got["value"], got["ci_high"], got["state"]) == (None, None, "not_enough_data")
    assert np.isinf(rate_ratio(1, 1, 0, 1)[2])


def test_pauses_are_taken_off_the_time_used() -> None:
    # Paused 500 of 1,350 minutes; the source moved the target by as much: 850 of 1,000 were used.
    events = [
        event(1, START + dt.timedelta(minutes=100), "status", "pending"),
        event(1, START + dt.timedelta(minutes=600), "status", "open"),
    ]
    row = promise(1, START + dt.timedelta(minutes=1500), START + dt.timedelta(minutes=1350))

    got = month(ID, night(promise=[row], ticket=[ticket(1)], ticket_event=events), component="bunching")

    assert (got["numerator"], got["denominator"]) == (0, 1)


def paused(number: int, begins: float, *, asks: bool = False, lasts: float = 60) -> list[dict[str, Any]]:
    moment = START + dt.timedelta(minutes=begins)
    rows = [
        event(number, moment, "status", "pending"),
        event(number, moment + dt.timedelta(minutes=lasts), "status", "open"),
    ]
    return [*rows, event(number, moment - dt.timedelta(minutes=5), "public_reply")] if asks else rows


def late(used: list[float | None], events: list[dict[str, Any]]) -> dict[str, Any]:
    promises = [
        promise(number, START + dt.timedelta(minutes=MINUTES + 60), promised(number, share)["fulfilled_at"])
        for number, share in enumerate(used)
    ]
    told = [
        *events,
        *(event(number, START, "status", "open") for number in range(len(used))),
        event(99, START, "public_reply"),
    ]
    tickets = [ticket(number) for number in range(len(used))]
    return month(ID, night(promise=promises, ticket=[*tickets, ticket(99)], ticket_event=told), component="late_pauses")


def test_worked_example_of_late_pauses() -> None:
    # 20 reach the last fifth and one is fast. Silent late pauses: 0, 1, 2; 3 asks, 4 pauses early, 5 after its target.
    events = [*paused(0, 820), *paused(1, 850), *paused(2, 999), *paused(3, 820, asks=True), *paused(4, 500)]
    events += paused(5, 1200)

    got = late([*[1020.0] * 5, 1500.0, *[None] * 14, 100.0], events)

    assert (got["value"], got["numerator"], got["denominator"]) == (0.15, 3, 20)


def test_bots_and_customers_do_not_ask() -> None:
    moment = START + dt.timedelta(minutes=820)
    said = [event(0, moment, "public_reply", actor_role=role) for role in ("bot", "requester")]

    assert late([None], [*paused(0, 820), *said])["value"] == 1.0


def rated(number: int, value: str = "bad", hour: int = 9) -> dict[str, Any]:
    return event(number, at(3, hour), "rating", value)


def held(number: int, *moved_on: float, agents: int = 2) -> list[dict[str, Any]]:
    """Held from the start, and by another agent on these days."""
    holders = [event(number, at(0), "assignee", agent_key=person(1))]
    moves = [
        event(number, at(0) + dt.timedelta(days=day), "assignee", agent_key=person(2 + step))
        for step, day in enumerate(moved_on)
    ]
    return [*holders, *moves]


def moved(events: list[dict[str, Any]], number: int = 4) -> dict[str, Any]:
    of = night(promise=[], ticket=[ticket(each) for each in range(1, number + 1)], ticket_event=events)
    return month(ID, of, component="moved_after_bad_rating")


RATED = [rated(number) | {"agent_key": person(1)} for number in (1, 2, 3, 4)]
HELD = [*held(1, 4), *held(2, 2), *held(3, 6.5), *held(4)]


def test_worked_example_of_moves() -> None:
    # Rated on day 3: ticket 1 moves a day later, 2 a day before, 3 after three days and a half, 4 never.
    got = moved([*RATED, *HELD])

    assert (got["value"], got["numerator"], got["denominator"]) == (0.25, 1, 4)


def test_a_good_rating_is_none_of_them() -> None:
    got = moved([*RATED, *HELD, rated(1, "good", 10) | {"agent_key": person(3)}])

    assert got["denominator"] == 4


def test_of_many_bad_ratings_each_is_followed_by_its_own_moves() -> None:
    numbers = range(1, 3_001)
    teams = {number: "moving" if number % 3 == 0 else f"steady {number % 3}" for number in numbers}
    moves = [move for number in numbers for move in held(number, *([4] if teams[number] == "moving" else []))]
    of = night(
        promise=[],
        ticket=[ticket(number, org_unit_id=team) for number, team in teams.items()],
        ticket_event=[*(rated(number) | {"org_unit_id": team} for number, team in teams.items()), *moves],
    )
    rated_bad = kpi(ID).observe(of).filter(pl.col("denominator") == 1)

    moved_away = rated_bad.filter(pl.col("numerator") == 1).select("org_unit_id").unique().collect()

    assert moved_away["org_unit_id"].to_list() == ["moving"]


def test_what_the_source_does_not_record_is_missing() -> None:
    rows = [promise(1, None, None, is_kept=True, closed_at=at(2))]
    of = night(promise=rows, ticket=[ticket(1)], ticket_event=[event(1, at(0), "status", "open")])

    told = {
        name: month(ID, of, component=name)["flags"] for name in ("bunching", "late_pauses", "moved_after_bad_rating")
    }

    assert told == {
        "bunching": "missing:promise_target",
        "late_pauses": "missing:pauses_and_replies",
        "moved_after_bad_rating": "missing:rating",
    }


def test_order_and_repetition_change_nothing() -> None:
    events = [*RATED, *HELD, *paused(1, 850), event(2, at(0), "public_reply")]
    promises = [promised(number, 800 + 30 * number) for number in range(1, 7)]
    tickets = [ticket(number) for number in range(1, 7)]

    once = night(promise=promises, ticket=tickets, ticket_event=events)
    again = night(promise=promises[::-1] + promises, ticket=tickets[::-1], ticket_event=[*events[::-1], *events])

    assert same(once, again, ID)
    assert quarter(ID, once, component="bunching")["numerator"] == month(ID, once, component="bunching")["numerator"]


def test_no_rows_no_cells() -> None:
    assert computed(ID, night(promise=[], ticket=[], ticket_event=[])).cells.is_empty()
