"""Cells of other families that give a hidden cell away: its components, and longer or shorter periods.

Components of one KPI may subtract to one another: with the promoters' and the detractors' share, the passives' share
is known. So the components of a cell that are about the same people share one fate.

Periods: a quarter less two of its months is the third month. A KPI with several grains therefore shows a longer
period only where it is made of whole *blocks* of the shortest grain, a block being a residual of the shown cells of
one short period. All shown cells of all its grains are then sums of blocks, each of which holds enough people, and
the argument of `complementary.py` holds over units and periods together. (Looking at tree and time one after the
other would not do: of a table of two teams by two months, the margins and one cell give the other three.)

Weeks and months cut one another into pieces of one to six days, and nothing here knows who stands behind a piece. A
declaration with both is therefore refused (`transforms/kpis/declaration.py`).
"""

from __future__ import annotations

import polars as pl

from transforms.disclosure.families import Families, owners
from transforms.periods import NESTED_GRAINS, period_end

_SAME_CELL = ("kpi_id", "definition_version", "variant", "org_unit_id", "period_grain", "period_start")
_SAME_NUMBER = ("kpi_id", "definition_version", "component", "variant")


def share_one_fate(families: Families, hidden: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The nodes of `hidden` and their components about the same people (column node).

    `people` has node and same_people, as `primary.people_of_nodes` gives them.
    """
    together = families.nodes.select("node", *_SAME_CELL).join(people.select("node", "same_people"), on="node")
    fate = [*_SAME_CELL, "same_people"]
    return together.join(together.join(hidden, on="node", how="semi"), on=fate, how="semi").select("node")


def longer_than_their_parts(families: Families, shown: pl.DataFrame) -> pl.DataFrame:
    """The nodes of `shown` with a longer period that is not made of whole blocks of the shortest grain (column node).

    Concerns KPIs that restate freely; a person-based KPI has one grain.
    """
    with_people = pl.concat([families.people["node"], families.crowd["node"]]).unique().to_frame()
    unmade = [shown.select("node").clear()]
    for grains in NESTED_GRAINS:
        length = pl.col("period_grain").replace_strict(
            {grain: position for position, grain in enumerate(grains)}, return_dtype=pl.Int64
        )
        cells = (
            families.nodes.select("node", *_SAME_NUMBER, "org_unit_id", "period_grain", "period_start")
            .filter(pl.col("period_grain").is_in(grains))
            .with_columns((length > length.min().over(_SAME_NUMBER)).alias("is_long"))
        )
        long_cells = cells.filter("is_long").join(shown, on="node", how="semi")
        if long_cells.height:
            parts = cells.filter(~pl.col("is_long")).join(with_people, on="node", how="semi")
            unmade.append(_not_made_of_blocks(families, shown, long_cells, parts))
    return pl.concat(unmade).unique()


def _not_made_of_blocks(
    families: Families, shown: pl.DataFrame, long_cells: pl.DataFrame, parts: pl.DataFrame
) -> pl.DataFrame:
    """Long cells that hold some but not all units of a block of a short period, or units of no block."""
    spans = pl.concat(
        long_cells.filter(pl.col("period_grain") == grain).select(
            pl.col("node").alias("ancestor"),
            pl.col("period_start").alias("first_on"),
            period_end(pl.col("period_start"), grain).alias("last_on"),
        )
        for grain in long_cells["period_grain"].unique().sort()
    )
    below = families.above.join(spans, on="ancestor").join(
        families.nodes.select("node", *_SAME_NUMBER, "org_unit_id"), on="node"
    )
    blocks = owners(families.above.join(parts, on="node", how="semi"), shown)
    inside = (
        below.select("ancestor", "first_on", "last_on", *_SAME_NUMBER, "org_unit_id")
        .join(parts, on=[*_SAME_NUMBER, "org_unit_id"])
        .filter(pl.col("period_start").is_between("first_on", "last_on"))
        .join(blocks, on="node", how="left")
        .group_by("ancestor", "owner")
        .agg(pl.len().alias("n_units"))
    )
    whole = blocks.group_by("owner").agg(pl.len().alias("n_units_of_block"))
    is_cut = pl.col("owner").is_null() | (pl.col("n_units") != pl.col("n_units_of_block"))
    return inside.join(whole, on="owner", how="left").filter(is_cut).select(pl.col("ancestor").alias("node")).unique()
