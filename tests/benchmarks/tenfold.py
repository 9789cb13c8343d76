"""A larger company made of the demo: its teams, people, tickets and answers several times over under one root."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

# Questionnaires and initiatives are the company's; every copy's people answer the same ones.
_SHARED = ("survey_item", "initiative")
_SHARED_COLUMNS = ("survey_id", "item_id", "initiative_id")
_ROOT = "company"


def several_times(tables: Mapping[str, pl.DataFrame], times: int) -> dict[str, pl.DataFrame]:
    """`tables` of the staged demo `times` over; every copy but the first has ids of its own."""
    return {
        name: table if name in _SHARED else pl.concat([table, *(_copy(name, table, n) for n in range(2, times + 1))])
        for name, table in tables.items()
    }


def _copy(name: str, table: pl.DataFrame, number: int) -> pl.DataFrame:
    texts = [column for column, dtype in table.schema.items() if dtype == pl.String and column not in _SHARED_COLUMNS]
    ids, people = pl.col([name for name in texts if name.endswith("_id")]), pl.col("^.*_key$")
    rows = table.filter(pl.col("org_unit_id") != _ROOT) if name == "org_unit" else table
    # A pseudonym turned round by some digits is another pseudonym.
    turned = people.str.replace(rf"^p_(.{{{number}}})(.*)$", "p_${2}${1}")
    return rows.with_columns(pl.when(ids == _ROOT).then(ids).otherwise(ids + f"~{number}"), turned)
