"""A query's answer as text: a table for people, CSV, or JSON lines."""

from __future__ import annotations

import json
import shutil
import sys

import polars as pl

# A terminal is no place for more rows than a person scrolls through.
SHOWN_IN_TERMINAL = 500
_GAP = "  "


def show_answer(answer: pl.DataFrame) -> None:
    """Print the answer as a table: numbers to the right with four decimals, a missing value as nothing.

    In a terminal too narrow for it each row becomes a block of lines; in a pipe lines are as long as they need to be.
    """
    right = [name for name, dtype in answer.schema.items() if dtype.is_numeric()]
    if not sys.stdout.isatty():
        sys.stdout.write(_plain(_cells(answer), right))
        return
    cells = _cells(answer.head(SHOWN_IN_TERMINAL))
    table = _plain(cells, right)
    width = shutil.get_terminal_size().columns
    is_narrow = max(len(line) for line in table.splitlines()) <= width
    sys.stdout.write(table if is_narrow else _records(cells))
    if answer.height > SHOWN_IN_TERMINAL:
        more = answer.height - SHOWN_IN_TERMINAL
        sys.stdout.write(f"... and {more:,} more rows: add a LIMIT, or --csv for all of them\n")


def as_csv(answer: pl.DataFrame) -> str:
    """The answer as CSV; lists and structures as JSON, bytes as hexadecimal digits, durations as ISO 8601."""
    return _flat(answer, (pl.Binary, pl.Duration, pl.List, pl.Array, pl.Struct)).write_csv()


def as_json_lines(answer: pl.DataFrame) -> str:
    """The answer as one JSON object a line; bytes as hexadecimal digits, durations and times as ISO 8601."""
    return _flat(answer, (pl.Binary, pl.Duration)).write_ndjson()


def _flat(answer: pl.DataFrame, kinds: tuple[type[pl.DataType], ...]) -> pl.DataFrame:
    """The answer with columns of these kinds, of which plain text knows nothing, as text."""
    texts: list[pl.Expr | pl.Series] = []
    for name, dtype in answer.schema.items():
        if not isinstance(dtype, kinds):
            continue
        if isinstance(dtype, pl.Binary):
            texts.append(pl.col(name).bin.encode("hex"))
        elif isinstance(dtype, pl.Duration):
            texts.append(pl.col(name).dt.to_string("iso"))
        else:
            # Marts hold no such columns; Polars has no one expression that writes all of their kinds.
            cells = [None if cell is None else json.dumps(cell, default=str) for cell in answer[name].to_list()]
            texts.append(pl.Series(name, cells, dtype=pl.String))
    return answer.with_columns(texts)


def _cells(answer: pl.DataFrame) -> pl.DataFrame:
    """Every cell as text on one line."""
    flat = _flat(answer, (pl.Binary, pl.Duration, pl.List, pl.Array, pl.Struct))
    return flat.select(_text(name, dtype).fill_null("") for name, dtype in flat.schema.items())


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype.is_float():
        # A decimal shows every number with the same places; infinity is none.
        return pl.coalesce(column.cast(pl.Decimal(38, 4), strict=False).cast(pl.String), column.cast(pl.String))
    if isinstance(dtype, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S")
    return column.cast(pl.String).str.replace_all(r"\p{C}", " ")


def _plain(cells: pl.DataFrame, right: list[str]) -> str:
    """Columns as wide as their widest cell, whatever that is; quick for a hundred thousand rows too."""
    padded, header = [], []
    for name in cells.columns:
        longest = cells[name].str.len_chars().max()
        width = max(len(name), longest if isinstance(longest, int) else 0)
        column = pl.col(name)
        padded.append(column.str.pad_start(width) if name in right else column.str.pad_end(width))
        header.append(name.rjust(width) if name in right else name.ljust(width))
    lines = cells.select(pl.concat_str(padded, separator=_GAP).str.strip_chars_end(" ").alias("line"))["line"]
    return "\n".join([_GAP.join(header).rstrip(), *lines]) + "\n"


def _records(cells: pl.DataFrame) -> str:
    """One cell a line, for rows wider than the terminal."""
    width = max(len(name) for name in cells.columns)
    blocks = (
        "\n".join(f"{name:<{width}}{_GAP}{cell}".rstrip() for name, cell in zip(cells.columns, row, strict=True))
        for row in cells.iter_rows()
    )
    return "\n\n".join(blocks) + "\n"
