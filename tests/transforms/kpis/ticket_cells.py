"""One cell of a ticket KPI from a few rows: the shape every ticket KPI's worked example has."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from tests.transforms.sample_organisation import cell, computed, facts, units
from transforms.facts import Facts
from transforms.kpis.compute import KpiResult

UNITS = units({"acme": None, "care": "acme", "desk": "acme"}, {"care": "front", "desk": "front"})
NIGHT = dt.date(2026, 5, 20)
MARCH = dt.date(2026, 3, 1)
FIRST_QUARTER = dt.date(2026, 1, 1)


def night(run_on: dt.date = NIGHT, **tables: Any) -> Facts:
    return facts(run_on=run_on, org_unit=UNITS, **tables)


def of_grain(found: KpiResult, grain: str) -> KpiResult:
    return type(found)(found.cells.filter(pl.col("period_grain") == grain), found.people, found.crowd)


def month(
    kpi_id: str, of: Facts, unit: str = "acme", component: str = "main", variant: str = "main", start: dt.date = MARCH
) -> dict[str, Any]:
    return cell(of_grain(computed(kpi_id, of), "month"), unit, component, variant, start)


def quarter(
    kpi_id: str, of: Facts, unit: str = "acme", component: str = "main", variant: str = "main"
) -> dict[str, Any]:
    return cell(of_grain(computed(kpi_id, of), "quarter"), unit, component, variant, FIRST_QUARTER)


def same(one: Facts, other: Facts, kpi_id: str) -> bool:
    """Whether both give the same cells and the same people."""
    first, second = computed(kpi_id, one), computed(kpi_id, other)
    order = ["component", "variant", "org_unit_id", "period_grain", "period_start"]
    people = [*order, "role", "person_key"]
    return first.cells.sort(order).equals(second.cells.sort(order)) and first.people.sort(people).equals(
        second.people.sort(people)
    )
