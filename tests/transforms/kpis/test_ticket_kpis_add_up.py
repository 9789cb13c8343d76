"""Ticket KPIs that count: months add up to their quarter, teams to the company, and a rerun is the same."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.transforms.kpis.ticket_cells import night, same
from tests.transforms.sample_organisation import computed, person
from tests.transforms.sample_tickets import at, event, promise, ticket
from transforms.facts import Facts

COUNTING = (
    "kept_and_stayed_kept",
    "clock_integrity",
    "seamless_rate",
    "forced_return_rate",
    "service_not_task",
    "customer_burden_minutes",
    "night_guest_rate",
    "macro_echo_rate",
    "own_authority_rate",
    "hot_potato_rate",
    "first_contact_resolution",
    "knowledge_used_rate",
)
ALL = (*COUNTING, "newcomer_gap", "first_reply_minutes", "full_resolution_minutes", "backlog")


@cache
def rows() -> dict[str, list[dict[str, Any]]]:
    """300 tickets of January to March 2026 in two teams, with everything a ticket may go through."""
    rng = np.random.default_rng(7)
    tables: dict[str, list[dict[str, Any]]] = {"ticket": [], "ticket_event": [], "promise": []}
    for number in range(300):
        opened = at(-58) + dt.timedelta(minutes=int(rng.integers(0, 86 * 1440)))
        team = ("care", "desk")[int(rng.integers(0, 2))]
        first, second = (person(int(agent)) for agent in rng.choice(8, 2, replace=False))
        held = {"org_unit_id": team, "agent_key": first, "actor_key": first}
        moments = opened + np.array([dt.timedelta(minutes=int(m)) for m in np.sort(rng.integers(1, 6000, 9))])

        def happens(
            step: int, kind: str, value: str | None = None, *, _n: int = number, _m: Any = moments, **more: Any
        ) -> None:
            tables["ticket_event"].append(event(_n, _m[step], kind, value, **more))

        happens(0, "assignee", **held)
        happens(0, "status", "open", **held)
        chance = rng.random(9)
        code = int(rng.choice([3, 7, 1 << 50, (1 << 60) - 1]))
        if chance[0] < 0.9:
            happens(1, "public_reply", **held, fingerprint=code)
        if chance[1] < 0.4:
            happens(2, "status", "pending", **held)
            happens(3, "status", "open", **held)
        if chance[2] < 0.3:
            held = {"org_unit_id": ("care", "desk")[number % 2], "agent_key": second, "actor_key": second}
            happens(4, "assignee", **held)
        for step, (limit, kind) in enumerate(((0.1, "escalation"), (0.2, "knowledge"), (0.2, "private_note"))):
            if chance[3 + step] < limit:
                happens(5, kind, **held)
        if chance[6] < 0.9:
            happens(6, "status", "solved", **held)
            if chance[7] < 0.2:
                happens(7, "status", "open", **held)
            if chance[7] > 0.7:
                happens(7, "rating", "bad", **held)
            if chance[8] < 0.3:
                happens(8, "public_reply", **held)
        key = person(1000 + int(rng.integers(0, 60)))
        tables["ticket"].append(
            ticket(number, opened, requester_key=key, category=str(number % 3), org_unit_id=held["org_unit_id"])
        )
        target = opened + dt.timedelta(minutes=5000)
        solved = moments[6] if chance[6] < 0.9 else None
        tables["promise"].append(
            promise(number, target, solved, began_at=opened, org_unit_id=team, agent_key=first, priority="normal")
        )
    tables["ticket"].append(ticket(999, at(-900), requester_key=person(999)))
    return tables


def known(**changed: Any) -> Facts:
    return night(**(rows() | {"macro": [{"macro_id": "m", "fingerprint": 3}]} | changed))


@pytest.mark.parametrize("kpi_id", COUNTING)
def test_parts_add_up_to_the_whole(kpi_id: str) -> None:
    cells = computed(kpi_id, known()).cells.filter(pl.col("period_start").dt.year() == 2026)
    first_quarter = cells.filter(pl.col("period_start") < dt.date(2026, 4, 1))
    number = ["component", "variant", "org_unit_id"]
    amounts = [pl.col("numerator").sum().round(4), pl.col("denominator").sum().round(4)]

    by_grain = {
        grain: first_quarter.filter(pl.col("period_grain") == grain).group_by(number).agg(amounts).sort(number)
        for grain in ("month", "quarter")
    }
    company, teams = (
        first_quarter.filter(is_top, pl.col("period_grain") == "quarter")
        .group_by("component", "variant")
        .agg(amounts)
        .sort("component", "variant")
        for is_top in (pl.col("org_level") == 0, pl.col("org_level") == 1)
    )

    assert by_grain["quarter"]["denominator"].sum() > 100
    assert by_grain["month"].equals(by_grain["quarter"])
    assert company.equals(teams)


@pytest.mark.parametrize("kpi_id", ALL)
def test_order_and_repetition_change_nothing(kpi_id: str) -> None:
    again = {name: [*frame[::-1], *(frame if name != "ticket" else [])] for name, frame in rows().items()}

    assert same(known(), known(**again), kpi_id)


@pytest.mark.parametrize("kpi_id", ALL)
def test_numbers_are_finite_and_inside_their_interval(kpi_id: str) -> None:
    cells = computed(kpi_id, known()).cells.filter(pl.col("state") == "published")

    assert cells.height > 0
    for name in ("value", "ci_low", "ci_high"):
        assert cells[name].drop_nulls().is_finite().all()
    inside = (pl.col("ci_low") <= pl.col("value") + 1e-9) & (pl.col("value") <= pl.col("ci_high") + 1e-9)
    assert cells.filter(~inside.fill_null(True)).is_empty()
