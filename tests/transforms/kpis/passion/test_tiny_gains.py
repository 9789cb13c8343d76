"""Tiny gains, by hand: sustained shifts of weekly numbers beyond those that chance makes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.transforms.sample_organisation import cell, computed, facts, member, moment, person, units
from tests.transforms.sample_tickets import promise, ticket
from transforms.facts import Facts
from transforms.kpis.passion.tiny_gains import WEEKLY, observe
from transforms.kpis.registry import kpi
from transforms.stats.seeds import seed_of
from transforms.stats.shifts import shuffled, sustained_shifts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
START = dt.date(2024, 12, 23)  # a window of 52 weeks
NIGHT = dt.date(2026, 1, 20)
A_WEEK = 10
# Of ten promises a week: 5, 4 and 6 in turn for 30 weeks, then 9 for good.
BETTER = [(5, 4, 6)[week % 3] for week in range(30)] + [9] * 22
WORSE = [10 - kept for kept in BETTER]
STEADY = [(5, 4, 6)[week % 3] for week in range(52)]


def promises(kept: list[int], unit: str = "care", total: int = A_WEEK) -> list[dict[str, Any]]:
    rows = []
    for week, good in enumerate(kept):
        due = moment(START + dt.timedelta(weeks=week, days=2))
        for number in range(total):
            settled = due + dt.timedelta(hours=-1 if number < good else 1)
            rows.append(
                promise(
                    number,
                    due,
                    settled,
                    promise_id=f"{unit} {week} {number}",
                    ticket_id=f"T{unit}",
                    org_unit_id=unit,
                    began_at=due - dt.timedelta(days=1),
                    agent_key=person(number % 6),
                )
            )
    return rows


def organisation(rows: list[dict[str, Any]], **more: Any) -> Facts:
    tickets = [
        ticket(0, moment(START), ticket_id=f"T{unit}", org_unit_id=unit, status="open") for unit in ("care", "shop")
    ]
    return facts(
        NIGHT, org_unit=UNITS, ticket=tickets, promise=rows, membership=[member(n, "care") for n in range(6)], **more
    )


def gains(of: Facts, component: str = "main", unit: str = "care") -> dict[str, Any]:
    return cell(computed("tiny_gains", of), unit, component, start=START)


def false_shifts(kept: list[int]) -> tuple[float, float]:
    key = ("tiny_gains", 1, "main", "care", "window_52w", START)
    series = np.array([kept], dtype=float) / A_WEEK
    up, down = sustained_shifts(shuffled(series, seed_of(20_180_101, "tiny_gains", *key)))
    return float(up.mean()), float(down.mean())


def test_worked_example_of_one_kpi_that_rises_for_good() -> None:
    of = organisation(promises(BETTER))
    up, down = false_shifts(BETTER)

    assert gains(of, "favourable")["value"] == pytest.approx(1 - up)
    assert gains(of, "unfavourable")["value"] == pytest.approx(0 - down)
    main = gains(of)
    assert main["value"] == pytest.approx(1 - up + down)
    assert main["ci_low"] <= main["value"] <= main["ci_high"]
    assert (main["denominator"], main["interval_method"]) == (1.0, "shuffled_weeks")


def test_one_that_falls_is_a_loss_and_one_that_stays_is_neither() -> None:
    assert gains(organisation(promises(WORSE)))["value"] < -0.7
    assert abs(gains(organisation(promises(STEADY)))["value"]) < 0.3


def test_every_unit_from_its_own_promises() -> None:
    # Care rises as much as shop falls: the company does not move.
    of = organisation([*promises(BETTER), *promises(WORSE, "shop")])

    assert gains(of)["value"] > 0.5
    assert gains(of, unit="shop")["value"] < -0.5
    assert abs(gains(of, unit="acme")["value"]) < 0.2


def test_too_few_weeks_or_units_of_analysis_are_silent() -> None:
    assert gains(organisation(promises(BETTER[:25])))["flags"] == "fewer_than_26_weeks"
    assert gains(organisation(promises([4] * 52, total=4)))["flags"] == "fewer_than_26_weeks"
    assert gains(organisation(promises(BETTER[:26])))["state"] == "published"


def test_all_zero_and_a_single_agent() -> None:
    never = gains(organisation(promises([0] * 52)))
    assert (never["value"], never["ci_low"], never["ci_high"]) == (0.0, 0.0, 0.0)
    alone = [row | {"agent_key": person(0)} for row in promises(BETTER)]
    assert gains(organisation(alone)) == gains(organisation(promises(BETTER)))


def test_order_and_copies_change_nothing() -> None:
    rows = promises(BETTER)
    assert gains(organisation([*rows[::-1], *rows])) == gains(organisation(rows))


def test_the_people_are_the_agents() -> None:
    people = computed("tiny_gains", organisation(promises(BETTER))).people
    assert people["role"].unique().to_list() == ["agents"]
    assert people["person_key"].n_unique() == 6


def test_the_weekly_kpis_are_shares_of_tickets_with_a_direction() -> None:
    for one in (kpi(kpi_id).kpi for kpi_id in WEEKLY):
        assert (one.unit, one.person_based, one.people) == ("share", False, ("agents",))
        assert one.direction in ("up", "down")


def test_a_direction_down_turns_the_sign() -> None:
    signs = observe(organisation(promises(BETTER))).select("weekly_kpi", "sign").unique().collect()
    assert dict(signs.iter_rows())["promise_kept_rate"] == 1.0
    assert kpi("hot_potato_rate").kpi.direction == "down"


def test_without_tickets_or_promises() -> None:
    assert cell(computed("tiny_gains", facts(org_unit=UNITS)), "acme")["state"] == "source_missing"
    nothing = organisation([])
    assert computed("tiny_gains", nothing).cells.filter(pl.col("value").is_not_null()).is_empty()
