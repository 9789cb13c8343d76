"""Survey constructs a KPI cannot do without and no survey of the night asks for."""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.field_needs import parsed

_AUDIENCES = {"employee_survey": "employee", "customer_survey": "customer"}


def unasked(kpi: Kpi, facts: Facts) -> tuple[str, ...]:
    """The construct needs of `kpi.field_needs` that no survey item meets, as they are written there."""
    needs = {need: parsed(need) for need in kpi.field_needs}
    constructs = {need: told for need, told in needs.items() if told.kind == "construct"}
    if not constructs:
        return ()
    items = facts.table("survey_item").filter(pl.col("construct").is_not_null()).select("audience", "construct")
    asked = set(items.unique().collect().iter_rows())
    return tuple(
        need
        for need, told in constructs.items()
        if not any((_AUDIENCES[told.place], name) in asked for name in told.names)
    )
