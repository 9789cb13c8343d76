"""Shrunk values of the cells of a proportion: towards units of the same office in the same period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from transforms.contracts.results import CELL_KEY, ROLE_COLUMNS
from transforms.stats.shrinkage import beta_binomial

if TYPE_CHECKING:
    from transforms.facts import Facts


def with_shrunk_values(cells: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """`cells` (cell key, numerator, denominator, n_people) with `shrunk_value` in place of `n_people`.

    Fitted over units that have no unit below them (a parent holds the same rows again) and whose people reach the
    minimum group; null for the others, and where fewer than 8 such units share an office, period and component.
    """
    tree = facts.tree.sort("valid_from_on").collect()
    offices = tree.group_by("org_unit_id").agg(pl.col("office").last())
    office = pl.col("org_unit_id").replace_strict(
        offices["org_unit_id"], offices["office"], default=None, return_dtype=pl.String
    )
    is_parent = pl.col("org_unit_id").is_in(tree["parent_org_unit_id"].unique().implode())
    is_fitted = (~is_parent & (pl.col("n_people") >= facts.context.minimum_group)).fill_null(False)
    group = [*(name for name in CELL_KEY if name != "org_unit_id"), "office"]
    units = cells.filter(is_fitted).with_columns(office.alias("office"))
    fitted = beta_binomial(units, group, "numerator", "denominator").drop("office")
    return pl.concat([fitted, cells.filter(~is_fitted)], how="diagonal").drop("n_people")


def people_behind(rows: pl.LazyFrame) -> pl.Expr:
    """An aggregation: the smallest number of distinct people in any role whose column the observations carry."""
    columns = rows.collect_schema().names()
    if "crowd_item_id" in columns:
        return pl.col("crowd_item_id").drop_nulls().unique_counts().max().alias("n_people")
    roles = [pl.col(name).n_unique() - pl.col(name).has_nulls() for name in ROLE_COLUMNS.values() if name in columns]
    return (pl.min_horizontal(roles) if roles else pl.lit(0)).alias("n_people")
