"""Numbers of the KPIs that targets name, by which a target is judged: computed, or as nights before remember them.

Shape: kpi_id, org_unit_id, period_grain, period_start, value; component and variant `main`, exact, only where there is
a number.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from transforms.contracts.results import DEFAULT
from transforms.contracts.state import TargetValue
from transforms.facts import Facts
from transforms.kpis.compute import KpiResult, compute
from transforms.kpis.registry import RegisteredKpi, all_kpis
from transforms.kpis.selection import Selection


def named_by_targets(facts: Facts) -> list[RegisteredKpi]:
    """The KPIs that targets name; one that itself needs targets could ask for this one, and is left out."""
    named = set(facts.table("target").select(pl.col("kpi_id").unique()).collect()["kpi_id"])
    return [one for one in all_kpis() if one.kpi.id in named and "target" not in one.kpi.needs]


def target_values(facts: Facts) -> pl.DataFrame:
    """The numbers as `facts` know them, all of them computed where they do not."""
    if facts.target_values is not None:
        return facts.target_values
    return told_by([compute(one, facts) for one in named_by_targets(facts)], named_by_targets(facts))


def told_by(results: Iterable[KpiResult], named: Iterable[RegisteredKpi]) -> pl.DataFrame:
    """The numbers that results hold of the KPIs `named`."""
    wanted = {one.kpi.id for one in named}
    cells = [
        result.cells.filter(
            pl.col("kpi_id").is_in(list(wanted)), pl.col("value").is_not_null(), component=DEFAULT, variant=DEFAULT
        ).select(list(TargetValue.columns()))
        for result in results
    ]
    return pl.concat([TargetValue.create_empty(), *cells]).sort(TargetValue.primary_key())


def beside_remembered(computed: pl.DataFrame, remembered: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    """Numbers of the parts a night computed, and those remembered of all other parts."""
    others = selection.others(remembered, all_kpis()).select(computed.columns)
    return pl.concat([computed, others]).sort(TargetValue.primary_key())
