"""The catalogue as tables: what each KPI means (`dim_kpi`) and each principle (`dim_principle`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.contracts.marts import PRINCIPLES, DimKpi, DimPrinciple
from transforms.kpis.registry import RegisteredKpi

_LIST = ", "


def dim_kpi(registered: Sequence[RegisteredKpi]) -> pl.DataFrame:
    """One row per declared KPI (DimKpi), from the declarations only; every version in the code is the current one."""
    rows = [
        {
            "kpi_id": one.kpi.id,
            "definition_version": one.kpi.version,
            "is_current": True,
            "principle": one.principle,
            "kpi_name": one.kpi.title,
            "description": one.documentation,
            "formula": one.kpi.formula,
            "sources": _LIST.join(one.kpi.sources),
            "needs": _LIST.join(one.kpi.needs),
            "unit": one.kpi.unit,
            "direction": one.kpi.direction,
            "period_grains": _LIST.join(one.kpi.grains),
            "components": _LIST.join(one.kpi.components),
            "variants": _LIST.join(one.kpi.variants),
            "unit_of_analysis": one.kpi.unit_of_analysis,
            "is_person_based": one.kpi.person_based,
            "minimum_group": one.kpi.minimum_group,
            "people_roles": _LIST.join(one.kpi.people),
            "maturity_days": one.kpi.maturity_days,
            "lower_bound": float(one.kpi.bounds[0]),
            "upper_bound": float(one.kpi.bounds[1]),
            "anchor_worst": float(one.kpi.anchors[0]),
            "anchor_best": float(one.kpi.anchors[1]),
            "anchor_scale": one.kpi.anchor_scale,
            "roll_up_weight": float(one.kpi.weight),
            "roll_up_components": _LIST.join(one.kpi.scored_components),
            "field_needs": _LIST.join(one.kpi.field_needs) or None,
            "pitfalls": " ".join(one.kpi.pitfalls),
        }
        for one in registered
    ]
    frame = pl.DataFrame(rows, schema=DimKpi.create_empty().schema)
    return DimKpi.validate(frame.sort("kpi_id", "definition_version"), cast=True)


def dim_principle(documentation: Mapping[str, str]) -> pl.DataFrame:
    """One row per principle in catalogue order (DimPrinciple).

    `documentation` maps each slug to what its folder says (`registry.principle_documentation`). Raises KeyError for a
    principle that nobody documented.
    """
    rows = [
        {
            "principle": slug,
            "principle_name": slug.replace("_", " ").capitalize(),
            "description": documentation[slug],
            "sort_order": position,
        }
        for position, slug in enumerate(PRINCIPLES, start=1)
    ]
    return DimPrinciple.validate(pl.DataFrame(rows), cast=True)
