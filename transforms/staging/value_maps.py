"""Value tables: `[source.values.status] open = ["New", "Active"]` turns export values into contract values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.staging.casting import Cast

ValueTable = Mapping[str, Sequence[str]]


def by_export_value(table: ValueTable) -> dict[str, str]:
    """Contract value per export value, which is compared trimmed and in lower case."""
    return {exported.strip().lower(): value for value, exports in table.items() for exported in exports}


def claimed_twice(table: ValueTable) -> str | None:
    """An export value that stands in the lists of two contract values, if there is one."""
    seen: dict[str, str] = {}
    for value, exports in table.items():
        for exported in exports:
            if seen.setdefault(exported.strip().lower(), value) != value:
                return exported
    return None


def translate(text: pl.Expr, table: ValueTable) -> Cast:
    """Contract values as text; an export value in none of the lists is `unknown_value`."""
    pairs = by_export_value(table)
    value = text.str.to_lowercase().replace_strict(
        list(pairs), list(pairs.values()), default=None, return_dtype=pl.String
    )
    unknown = pl.when(text.is_not_null() & value.is_null()).then(pl.lit("unknown_value"))
    return Cast(value, unknown)
