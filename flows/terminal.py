"""Shows results on standard output: folded to a terminal's width, plain and never cut in a pipe."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import polars as pl

# Wider than any table is: in a pipe nothing is folded and nothing cut.
_PIPE_WIDTH = 20_000


def show(*parts: RenderableType) -> None:
    """Print results, text as rich markup; where standard output is no terminal, without colours and trailing blanks."""
    if sys.stdout.isatty():
        terminal = Console(highlight=False)
        for part in parts:
            terminal.print(part, soft_wrap=isinstance(part, str))
        return
    console = Console(width=_PIPE_WIDTH, no_color=True, highlight=False, force_terminal=False)
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, str))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def show_json(value: Any) -> None:
    """Print results for programs."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def table_of(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = (), wrap: Sequence[str] = ()
) -> Table:
    """A table without lines; columns in `right` are aligned right, those in `wrap` give way in a narrow terminal.

    Cells are shown as they are, brackets too.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        justify = "right" if name in right else "left"
        table.add_column(Text(name), justify=justify, overflow="fold", no_wrap=name not in wrap)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def printable(cell: str) -> str:
    """A cell on one line and without control characters, which could move the cursor of whoever reads it."""
    return cell if cell.isprintable() else "".join(sign if sign.isprintable() else " " for sign in cell)


def section(title: str, frame: pl.DataFrame, empty: str) -> list[RenderableType]:
    """A frame under its title, counts aligned right; an empty one is said in words."""
    heading = f"[bold]{title}[/]"
    if frame.is_empty():
        return [f"{heading}: {empty}" if title else empty, ""]
    names = {name: name.removeprefix("n_").removesuffix("_name").replace("_", " ") for name in frame.columns}
    right = [names[name] for name, dtype in frame.schema.items() if dtype.is_numeric()]
    cells = ([_shown(cell) for cell in row] for row in frame.iter_rows())
    table = table_of(list(names.values()), cells, right=right, wrap=("of which", "column", "message"))
    return [*([heading] if title else []), table, ""]


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def plain(value: Any) -> Any:
    """The same as JSON knows it: frames as lists of rows, dataclasses as objects, times as ISO 8601."""
    if hasattr(value, "to_dicts"):
        return plain(value.to_dicts())
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, dt.date) else value
