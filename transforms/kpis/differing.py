"""Which parts can differ between two nights because of changed tickets: those in which their observations differ.

A ticket is touched on every day of its life, but mostly little of what is said of it changes. A KPI that sees tickets
each by itself (`Kpi.sees_tickets_alone`) is asked what it observes of the touched ones, on either night.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl

from transforms.facts import Facts
from transforms.kpis.compute import in_periods, missing_needs
from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import RegisteredKpi
from transforms.periods import longest_grain, period_start

Parts = Mapping[str, frozenset[dt.date]]


def differing_parts(declarations: Iterable[RegisteredKpi], then: Facts, now: Facts) -> Parts:
    """First days of the parts in which observations differ, by KPI; of periods that have ended by the night of `now`.

    `then` and `now` are facts of the same touched tickets and what lies beside them (`transforms/facts/beside.py`). A
    KPI that is not named has to be judged by days: it sees tickets together, or lacks something on one of the nights.
    """
    return {
        one.kpi.id: frozenset(_starts(one.kpi, _observed(one, then, now), _observed(one, now, now)))
        for one in declarations
        if one.kpi.sees_tickets_alone and not any(missing_needs(one.kpi, night) for night in (then, now))
    }


def _observed(one: RegisteredKpi, facts: Facts, now: Facts) -> pl.DataFrame:
    """How often each observation occurs in each period that has ended by the night of `now`."""
    rows = in_periods(one.observe(facts), one.kpi, now.context.run_on).collect()
    return rows.group_by(pl.all()).len("occurrences")


def _starts(kpi: Kpi, before: pl.DataFrame, after: pl.DataFrame) -> Iterable[dt.date]:
    after = after.select(before.columns)
    differing = [
        one.join(other, on=before.columns, how="anti", nulls_equal=True)
        for one, other in ((before, after), (after, before))
    ]
    starts = pl.concat(rows.select("period_start") for rows in differing).unique()
    return starts.select(period_start(pl.col("period_start"), longest_grain(kpi.grains)).unique()).to_series()
