"""A query's answer as text: a table for people, CSV, or JSON lines."""

from __future__ import annotations

import json
import sys

import polars as pl

from flows.terminal import show, table_of

# A terminal is no place for more rows than a person scrolls through.
SHOWN_IN_TERMINAL = 500


def show_answer(answer: pl.DataFrame) -> None:
    """Print the answer as a table: numbers to the right with at most four decimals, a missing value as nothing."""
    if not sys.stdout.isatty():
        sys.stdout.write(_plain(answer))
        return
    cells = _cells(answer.head(SHOWN_IN_TERMINAL))
    right = [name for name, dtype in answer.schema.items() if dtype.is_numeric()]
    show(table_of(answer.columns, cells.iter_rows(), right=right))
    if answer.height > SHOWN_IN_TERMINAL:
        show(f"... and {answer.height - SHOWN_IN_TERMINAL:,} more rows; --csv or a LIMIT in the query helps")


def as_csv(answer: pl.DataFrame) -> str:
    """The answer as CSV; lists and structures as JSON, bytes as hexadecimal digits, durations as ISO 8601."""
    return answer.with_columns(_flat(answer)).write_csv()


def as_json_lines(answer: pl.DataFrame) -> str:
    """The answer as one JSON object a line; numbers that are none (infinity) as null, times as ISO 8601."""
    return answer.with_columns(_flat(answer, nested=False)).write_ndjson()


def _flat(answer: pl.DataFrame, *, nested: bool = True) -> list[pl.Expr]:
    """Expressions for the columns of which plain text knows nothing."""
    flat: list[pl.Expr] = []
    for name, dtype in answer.schema.items():
        column = pl.col(name)
        if dtype == pl.Binary:
            flat.append(column.bin.encode("hex"))
        elif isinstance(dtype, pl.Duration):
            flat.append(column.dt.to_string("iso"))
        elif dtype.is_nested() and nested:
            # Answers hold few such columns, and Polars has no expression that writes all of their kinds.
            texts = [None if cell is None else json.dumps(cell, default=str) for cell in answer[name].to_list()]
            flat.append(pl.lit(pl.Series(name, texts, dtype=pl.String)))
    return flat


def _cells(answer: pl.DataFrame) -> pl.DataFrame:
    """Every cell as text."""
    flat = answer.with_columns(_flat(answer))
    texts = []
    for name, dtype in flat.schema.items():
        column = pl.col(name)
        if dtype.is_float():
            rounded = column.round(4).map_batches(lambda cells: _decimals(cells), return_dtype=pl.String)
            texts.append(rounded.alias(name))
        else:
            texts.append(column.cast(pl.String).str.replace_all(r"\p{Cc}", " ").fill_null("").alias(name))
    return flat.select(texts)
