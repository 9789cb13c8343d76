"""A gate's results for people: rows of a table artifact, and markdown. Counts only."""

from __future__ import annotations

import polars as pl

from transforms.texts import filled

_COLUMNS = ("table", "rule", "severity", "checked", "failed")
_ORDER = {"critical": 0, "row": 1, "warning": 2}


def rows(results: pl.DataFrame, *, failed_only: bool = False) -> list[dict[str, str | int]]:
    """One row per check of a MetaValidation frame: table (with column), rule, severity, rows checked, rows failed.

    Failures come first, the gravest on top.
    """
    place = (
        pl.when(pl.col("column_name") == "").then("table_name").otherwise(filled("{}.{}", "table_name", "column_name"))
    )
    chosen = results.filter(~pl.col("is_passed")) if failed_only else results
    return (
        chosen.sort(
            "is_passed", pl.col("severity").replace_strict(_ORDER), "source", "table_name", "rule", "column_name"
        )
        .select(
            place.alias("table"),
            "rule",
            "severity",
            pl.col("n_checked").alias("checked"),
            pl.col("n_failed").alias("failed"),
        )
        .to_dicts()
    )


def markdown(results: pl.DataFrame) -> str:
    """How many checks ran, and a table of those that failed."""
    failed = rows(results, failed_only=True)
    total = f"{results.height:,} checks, {len(failed):,} with failures."
    if not failed:
        return total
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|" + " --- |" * len(_COLUMNS)]
    lines += ["| " + " | ".join(_cell(row[column]) for column in _COLUMNS) + " |" for row in failed]
    return "\n".join([total, "", *lines])


def _cell(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else value
