"""Staged tables of small organisations for worked examples: only what an example says differs from the defaults."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from transforms.contracts import STAGED
from transforms.facts import Context, Facts
from transforms.kpis.compute import KpiResult, compute
from transforms.kpis.registry import kpi

LINEAGE = {"source": "sample", "source_page": "0123456789abcdef", "source_row": 1}
LONG_AGO = dt.date(1990, 1, 1)
QUARTER = dt.date(2026, 1, 1)
AFTER = dt.date(2026, 4, 20)


def person(number: int) -> str:
    return f"p_{number:032x}"


def moment(on: dt.date, hour: int = 12) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour), dt.UTC)


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    schema = STAGED[name].create_empty().schema
    known = [{key: value for key, value in (LINEAGE | dict(row)).items() if key in schema} for row in rows]
    return pl.DataFrame(known, schema=schema) if known else STAGED[name].create_empty()


def units(parents: Mapping[str, str | None], offices: Mapping[str, str] | None = None) -> pl.DataFrame:
    return table(
        "org_unit",
        [
            {
                "org_unit_id": unit,
                "parent_org_unit_id": parent,
                "valid_from_on": LONG_AGO,
                "office": (offices or {}).get(unit),
            }
            for unit, parent in parents.items()
        ],
    )


def member(number: int, unit: str, **more: Any) -> dict[str, Any]:
    return {"person_key": person(number), "org_unit_id": unit, "valid_from_on": LONG_AGO} | more


def recognition(giver: int | None, receiver: int, on: dt.date, **more: Any) -> dict[str, Any]:
    return {
        "recognition_id": f"{giver}-{receiver}-{on}",
        "giver_key": None if giver is None else person(giver),
        "receiver_key": person(receiver),
        "at": moment(on),
        "tags": [],
        "group_size": 1,
        "is_private": False,
    } | more


def item(item_id: str, construct: str | None, **more: Any) -> dict[str, Any]:
    return {
        "survey_id": "voice",
        "item_id": item_id,
        "audience": "employee",
        "construct": construct,
        "scale_id": "1-5",
        "scale_map_version": 1,
        "is_reverse": False,
        "has_respondent": True,
    } | more


def answer(respondent: int | None, item_id: str, value: float | None, **more: Any) -> dict[str, Any]:
    return {
        "survey_id": "voice",
        "response_id": f"questionnaire {respondent}",
        "item_id": item_id,
        "respondent_key": None if respondent is None else person(respondent),
        "answered_at": moment(dt.date(2026, 2, 10)),
        "value": value,
        "is_not_applicable": value is None,
    } | more


def invitation(respondent: int | None, **more: Any) -> dict[str, Any]:
    return {
        "survey_id": "voice",
        "invitation_id": f"invitation {respondent}",
        "respondent_key": None if respondent is None else person(respondent),
        "sent_at": moment(dt.date(2026, 2, 1)),
        "is_delivered": True,
    } | more


def facts(run_on: dt.date = AFTER, **tables: pl.DataFrame | Sequence[Mapping[str, Any]]) -> Facts:
    frames = {name: rows if isinstance(rows, pl.DataFrame) else table(name, rows) for name, rows in tables.items()}
    return Facts(frames, Context(run_on=run_on))


def computed(kpi_id: str, of: Facts) -> KpiResult:
    return compute(kpi(kpi_id), of)


def cell(
    result: KpiResult, unit: str, component: str = "main", variant: str = "main", start: dt.date | None = None
) -> dict[str, Any]:
    found = result.cells.filter(
        pl.col("org_unit_id") == unit, pl.col("component") == component, pl.col("variant") == variant
    )
    if start is not None:
        found = found.filter(pl.col("period_start") == start)
    return found.row(0, named=True) if len(found) == 1 else {"cells found": len(found)}
