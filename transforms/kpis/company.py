"""The whole company among the cells: where something is missing everywhere, it says so once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from transforms.facts import Facts


def is_company(facts: Facts) -> pl.Expr:
    """Whether a row or cell is about the whole company."""
    tops = facts.tree.filter(pl.col("parent_org_unit_id").is_null()).select("org_unit_id").unique().collect()
    return pl.col("org_unit_id").is_in(tops["org_unit_id"].implode())
