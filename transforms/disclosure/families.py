"""Which cells could be subtracted from one another, and who stands behind them.

A *family* is all cells of one KPI, definition version, component, variant and period; a *node* is one unit in one
family. Within a family a node is nothing but the set of *direct units* below it (the units observations belong to),
and because units form a tree, two nodes either lie inside one another or share nothing: a laminar family.

Nodes and families are numbered once here, so that the rules join on integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from transforms.contracts.results import CELL_KEY

if TYPE_CHECKING:
    from transforms.kpis.registry import RegisteredKpi

FAMILY_KEY = tuple(column for column in CELL_KEY if column != "org_unit_id")
MINIMUM_GROUP_FLOOR = 5


@dataclass(frozen=True)
class Families:
    """Numbered cells of all KPIs of a run.

    * `nodes`   node, family, the cell key, what the declaration says (`DECLARED` below), `minimum`
    * `above`   node, ancestor, level: every node with each node above it in its family, itself included; `level` is
                the ancestor's depth in the organisation, 0 for the company
    * `people`  node, role, person (a number), person_key, contribution: who stands behind a direct unit
    * `crowd`   node, role, n_people: how many stand behind a direct unit where answers carry no person
    """

    nodes: pl.DataFrame
    above: pl.DataFrame
    people: pl.DataFrame
    crowd: pl.DataFrame


def declared(declarations: Sequence[RegisteredKpi], minimum_group: int) -> pl.DataFrame:
    """What disclosure needs of each declaration, one row per KPI and version.

    `minimum` is the largest of the floor of 5, the KPI's own minimum and the organisation's.
    """
    return pl.DataFrame(
        [
            {
                "kpi_id": one.kpi.id,
                "definition_version": one.kpi.version,
                "principle": one.principle,
                "is_person_based": one.kpi.person_based,
                "has_overlapping_grains": one.kpi.has_overlapping_grains,
                "minimum": max(MINIMUM_GROUP_FLOOR, one.kpi.minimum_group, minimum_group),
                "roles": list(one.kpi.people),
                "kpi_unit": one.kpi.unit,
                "lowest": float(one.kpi.bounds[0]),
                "highest": float(one.kpi.bounds[1]),
            }
            for one in declarations
        ],
        schema={
            "kpi_id": pl.String,
            "definition_version": pl.Int64,
            "principle": pl.String,
            "is_person_based": pl.Boolean,
            "has_overlapping_grains": pl.Boolean,
            "minimum": pl.Int64,
            "roles": pl.List(pl.String),
            "kpi_unit": pl.String,
            "lowest": pl.Float64,
            "highest": pl.Float64,
        },
    )


def number(
    keys: pl.DataFrame, people: pl.DataFrame, crowd: pl.DataFrame, kpis: pl.DataFrame, ancestors: pl.DataFrame
) -> Families:
    """Families of all cells in `keys` (cells and ledger) and of the units in `people` and `crowd`.

    `people` is CellPerson with categoricals for texts, `crowd` is CellCrowd, `kpis` comes from `declared`, `ancestors`
    has period_grain, period_start, org_unit_id, ancestor_id and org_level. Roles a KPI does not name are left out.
    """
    key = list(CELL_KEY)
    texts = people.select(key).unique().with_columns(cs.categorical().cast(pl.String))
    every = pl.concat([keys.select(key), texts, crowd.select(key).unique()]).unique().sort(key)
    families = every.select(FAMILY_KEY).unique(maintain_order=True).with_row_index("family")
    nodes = (
        every.join(families, on=list(FAMILY_KEY), maintain_order="left")
        .with_row_index("node")
        .join(kpis, on=["kpi_id", "definition_version"], maintain_order="left")
    )
    numbered = nodes.select(*key, "node", "roles")
    coded = numbered.with_columns(cs.string().cast(pl.Categorical))
    named = pl.col("role").cast(pl.String).is_in(pl.col("roles"))
    # Distinct persons as integers: counting them is then many times faster than counting text.
    person = pl.col("person_key").to_physical().alias("person")
    return Families(
        nodes=nodes,
        above=_above(nodes, ancestors),
        people=people.join(coded, on=key)
        .filter(named)
        .select("node", pl.col("role").cast(pl.String), person, "person_key", "contribution"),
        crowd=crowd.join(numbered, on=key).filter(named).select("node", "role", "n_people"),
    )


def owners(above: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """For each node the deepest node of `shown` that covers it (node, owner); without one it is left out."""
    return (
        above.join(shown.select(pl.col("node").alias("ancestor")), on="ancestor", how="semi")
        .group_by("node")
        .agg(pl.col("ancestor").get(pl.col("level").arg_max()).alias("owner"))
    )


def _above(nodes: pl.DataFrame, ancestors: pl.DataFrame) -> pl.DataFrame:
    place = nodes.select("node", "family", "period_grain", "period_start", "org_unit_id")
    target = nodes.select("family", pl.col("org_unit_id").alias("ancestor_id"), pl.col("node").alias("ancestor"))
    found = (
        place.join(ancestors, on=["period_grain", "period_start", "org_unit_id"])
        .join(target, on=["family", "ancestor_id"])
        .select("node", "ancestor", pl.col("org_level").cast(pl.Int64).alias("level"))
    )
    # A published cell whose period is not computed this night has no place in the tree; it stands alone.
    alone = place.join(found, on="node", how="anti").select(
        "node", pl.col("node").alias("ancestor"), pl.lit(0, dtype=pl.Int64).alias("level")
    )
    return pl.concat([found, alone])
