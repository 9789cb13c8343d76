"""Initiatives, targets and improvements: what an organisation sets out to do, and what people did to get better."""

from __future__ import annotations

import polars as pl

from transforms.staging.duplicates import newest
from transforms.staging.outcome import Outcome


def initiatives(rows: pl.DataFrame) -> Outcome:
    """One input row, one initiative; the last row of an initiative wins."""
    named = rows.with_columns(pl.coalesce("initiative_name", "initiative_id"))
    taken, older = newest(named, ["initiative_id"])
    return Outcome({"initiative": taken.rename({"team": "org_unit_id"})}, older)


def targets(rows: pl.DataFrame) -> Outcome:
    """One input row, the goal of a unit for a KPI and period; the last row wins."""
    taken, older = newest(rows, ["team", "kpi_id", "period_grain", "period_start_on"])
    return Outcome({"target": taken.rename({"team": "org_unit_id"})}, older)


def improvements(rows: pl.DataFrame) -> Outcome:
    """One input row, one improvement; the last row of an id wins."""
    taken, older = newest(rows, ["improvement_id"], ["at"])
    return Outcome({"improvement_event": taken.rename({"person": "person_key", "team": "org_unit_id"})}, older)
