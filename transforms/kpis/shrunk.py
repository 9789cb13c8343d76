"""Shrunk values of the cells of a proportion: towards units of the same office in the same period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from transforms.contracts.results import CELL_KEY, ROLE_COLUMNS
from transforms.stats.precision import repeatable
from transforms.stats.shrinkage import beta_binomial

if TYPE_CHECKING:
    from transforms.facts import Facts


def with_shrunk_values(cells: pl.LazyFrame, rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """`cells` (cell key, numerator, denominator) with `shrunk_value`.

    Fitted over units that have no unit below them (a parent holds the same rows again) and whose people reach the
    minimum group; null for the others, and where fewer than 8 such units share an office, period and component.
    """
    tree = facts.tree
    offices = tree.sort("valid_from_on").group_by("org_unit_id").agg(pl.col("office").last())
    parents = tree.select(pl.col("parent_org_unit_id").alias("org_unit_id")).drop_nulls().unique()
    fitted = (
        cells.join(parents, on="org_unit_id", how="anti")
        .join(_large_enough(rows, facts.context.minimum_group), on=CELL_KEY, how="semi")
        .join(offices, on="org_unit_id", how="left")
    )
    group = [*(name for name in CELL_KEY if name != "org_unit_id"), "office"]
    shrunk = beta_binomial(fitted, group, "numerator", "denominator").select(*CELL_KEY, repeatable("shrunk_value"))
    return cells.join(shrunk, on=CELL_KEY, how="left")


def _large_enough(rows: pl.LazyFrame, minimum: int) -> pl.LazyFrame:
    """Cells in which every role whose column the observations carry has the minimum of distinct people."""
    columns = rows.collect_schema().names()
    roles = [pl.col(name).n_unique() - pl.col(name).has_nulls() for name in ROLE_COLUMNS.values() if name in columns]
    if "crowd_item_id" in columns:
        roles = [pl.col("crowd_item_id").drop_nulls().unique_counts().max()]
    counted = rows.group_by(CELL_KEY).agg(
        pl.min_horizontal(roles).alias("n_people") if roles else pl.lit(0).alias("n_people")
    )
    return counted.filter(pl.col("n_people") >= minimum)
