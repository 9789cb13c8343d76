"""Declarations and published rows written short, for tests of what is derived from them."""

import datetime as dt
from typing import Any

import polars as pl

from transforms.contracts.marts import FctKpiValue
from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import RegisteredKpi
from transforms.periods import period_end

NIGHT = dt.datetime(2026, 4, 9, 22, tzinfo=dt.UTC)


def registered(kpi_id: str, principle: str = "commitment", **changes: Any) -> RegisteredKpi:
    """A declared KPI: a share, up, anchors 0 and 1, quarterly."""
    fields: dict[str, Any] = {
        "id": kpi_id,
        "version": 1,
        "title": kpi_id,
        "sources": ("tickets",),
        "needs": ("ticket",),
        "formula": "this / that",
        "unit": "share",
        "direction": "up",
        "grains": ("quarter",),
        "unit_of_analysis": "ticket",
        "person_based": False,
        "people": ("agents",),
        "bounds": (-1000.0, 1000.0),
        "anchors": (0.0, 1.0),
        "pitfalls": ("It says little.",),
        "estimate": lambda rows, _facts: rows,
    }
    return RegisteredKpi(Kpi(**(fields | changes)), principle, "What it is.", lambda _facts: pl.LazyFrame())


def number(kpi_id: str, value: float | None, start: dt.date = dt.date(2026, 1, 1), **more: Any) -> dict[str, Any]:
    """One row: published where it has a value."""
    return {
        "kpi_id": kpi_id,
        "definition_version": 1,
        "component": "main",
        "variant": "main",
        "org_unit_id": "acme",
        "period_grain": "quarter",
        "period_start": start,
        "principle": "commitment",
        "org_level": 0,
        "value": value,
        "state": "suppressed_primary" if value is None else "published",
        "as_of": NIGHT,
        "run_id": "night-1",
    } | more


def rows_of(*numbers: dict[str, Any]) -> pl.DataFrame:
    """Rows as FctKpiValue, with the ends of their periods."""
    schema = FctKpiValue.create_empty().schema
    frame = pl.DataFrame(list(numbers), schema=schema, orient="row")
    ends = [
        frame.filter(pl.col("period_grain") == grain).with_columns(
            period_end(pl.col("period_start"), grain).alias("period_end")
        )
        for grain in frame["period_grain"].unique(maintain_order=True)
    ]
    return FctKpiValue.validate(pl.concat([FctKpiValue.create_empty(), *ends]), cast=True)
