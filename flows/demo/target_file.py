"""Goals of the year: every team that works alone is to keep as many promises each month as it usually does."""

from __future__ import annotations

import datetime as dt

import polars as pl

from flows.demo.company import FIRST_ON
from flows.demo.design import Design

KPI_ID = "promise_kept_rate"
_MONTHS = 24


def target_rows(design: Design) -> pl.DataFrame:
    """Shape: unit, measure, span, from, goal. A team that keeps its usual share misses half of its goals by chance."""
    months = [dt.date(FIRST_ON.year + i // 12, i % 12 + 1, 1) for i in range(_MONTHS)]
    rows = [
        (team.id, KPI_ID, "month", month, team.kept_rate)
        for team in design.teams
        if team.has_targets
        for month in months
    ]
    return pl.DataFrame(rows, schema=["unit", "measure", "span", "from", "goal"], orient="row")
