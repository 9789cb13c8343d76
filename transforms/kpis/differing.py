"""Which parts can differ between two nights because of changed tickets: those in which their observations differ.

A ticket is touched on every day of its life, but mostly little of what is said of it changes. A KPI that sees tickets
each by itself (`Kpi.sees_tickets_alone`) is asked what it observes of the touched ones, on either night. Where it sees
them by the weather, it is asked under one sky, and the days of which the weather differs count for themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.facts import Facts
from transforms.facts.weather import differing_days
from transforms.kpis.compute import in_periods, missing_needs
from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import RegisteredKpi
from transforms.periods import longest_grain, period_start
from transforms.rows import differing_rows

Parts = Mapping[str, frozenset[dt.date]]


@dataclass(frozen=True)
class Differing:
    """What touched tickets make differ: `parts`, first days by KPI, and days of which the `weather` does.

    A KPI that is not among the parts has to be judged by days: it sees tickets together, or lacks something on one of
    the nights.
    """

    parts: Parts
    weather: Sequence[dt.date]


def differing(declarations: Iterable[RegisteredKpi], then: Facts, now: Facts) -> Differing:
    """What differs between two nights, of periods that have ended by the night of `now`.

    `then` and `now` are facts of the same touched tickets and what lies beside them (`transforms/facts/beside.py`).
    """
    before, after = then.under_one_sky(), now.under_one_sky()
    parts = {
        one.kpi.id: frozenset(_starts(one.kpi, _observed(one, before, now), _observed(one, after, now)))
        for one in declarations
        if one.kpi.sees_tickets_alone and not any(missing_needs(one.kpi, night) for night in (then, now))
    }
    weather = differing_days(then.counted_load, now.counted_load, then.context.run_on, now.context.run_on)
    return Differing(parts, weather)


def _observed(one: RegisteredKpi, facts: Facts, now: Facts) -> pl.DataFrame:
    """How often each observation occurs in each period that has ended by the night of `now`."""
    rows = in_periods(one.observe(facts), one.kpi, now.context.run_on).collect()
    return rows.group_by(pl.all()).len("occurrences")


def _starts(kpi: Kpi, before: pl.DataFrame, after: pl.DataFrame) -> Iterable[dt.date]:
    after = after.select(before.columns)
    differs = differing_rows(before, after, before.columns)
    starts = pl.concat(rows.select("period_start") for rows in differs).unique()
    return starts.select(period_start(pl.col("period_start"), longest_grain(kpi.grains)).unique()).to_series()
