"""Shows results on standard output: folded to a terminal's width, plain and never cut in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

# Wider than any table is: in a pipe nothing is folded and nothing cut.
_PIPE_WIDTH = 20_000


def show(*parts: RenderableType) -> None:
    """Print results; without colours and blanks at line ends where standard output is no terminal."""
    if sys.stdout.isatty():
        Console(highlight=False).print(*parts, sep="\n")
        return
    console = Console(width=_PIPE_WIDTH, no_color=True, highlight=False, force_terminal=False)
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, str))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> Table:
    """A table without lines; columns in `right` are aligned to the right. Cells are shown as they are, brackets too."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        is_right = name in right
        table.add_column(Text(name), justify="right" if is_right else "left", overflow="fold", no_wrap=is_right)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def printable(cell: str) -> str:
    """A cell on one line and without control characters, which could move the cursor of whoever reads it."""
    return cell if cell.isprintable() else "".join(sign if sign.isprintable() else " " for sign in cell)
