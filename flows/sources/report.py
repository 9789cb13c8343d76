"""What `sources check` says about a source: plain data, and how it is shown in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding

from flows.terminal import table_of

SHOWN = 10


@dataclass(frozen=True)
class CheckedPage:
    """A page that was looked at: its rows, and how many of them were read."""

    page_name: str
    n_rows: int
    n_checked: int


@dataclass(frozen=True)
class MappedField:
    """A contract field, what it is mapped to, and what the cells look like; never a cell itself."""

    field: str
    reference: str
    cells: str
    is_required: bool


@dataclass(frozen=True)
class MissingField:
    """A contract field that is not mapped, and what is taken instead."""

    field: str
    description: str
    is_required: bool
    default: str | None


@dataclass(frozen=True)
class RowProblem:
    """Why one input row, or one cell of it, would not be staged. `row` counts data rows of the page from 1."""

    page_name: str
    row: int
    column: str | None
    reason: str


@dataclass(frozen=True)
class SourceReport:
    """The report on one source. `problems` holds the first ones, `n_by_reason` counts all that were met."""

    source: str
    kind: str
    grain: str
    errors: tuple[str, ...]
    exit_code: int
    pages: tuple[CheckedPage, ...]
    mapped: tuple[MappedField, ...]
    missing: tuple[MissingField, ...]
    problems: tuple[RowProblem, ...]
    n_by_reason: dict[str, int]
    n_by_table: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """The report as values that JSON knows."""
        return asdict(self)


def render(report: SourceReport) -> RenderableType:
    """The report for a terminal."""
    parts: list[RenderableType] = [f"[bold]{report.source}[/bold]: {report.kind}, grain {report.grain}"]
    parts += [f"[red]error[/red] {escape(error)}" for error in report.errors]
    for page in report.pages[:SHOWN]:
        partly = f" (the first {page.n_checked:,} checked)" if page.n_checked < page.n_rows else ""
        parts.append(f"  {escape(page.page_name)}: {page.n_rows:,} rows{partly}")
    if len(report.pages) > SHOWN:
        parts.append(f"  and {len(report.pages) - SHOWN} more pages")
    if report.mapped:
        rows = [(each.field, each.reference, each.cells) for each in report.mapped]
        parts.append(_table(("field", "from", "cells"), rows))
    if report.n_by_table:
        parts.append("  gives " + ", ".join(f"{rows:,} {table}" for table, rows in report.n_by_table.items()))
    if report.n_by_reason:
        parts.append("  not staged: " + ", ".join(f"{rows:,} {reason}" for reason, rows in report.n_by_reason.items()))
        problems = [(each.page_name, f"{each.row:,}", each.column or "", each.reason) for each in report.problems]
        parts.append(_table(("file", "row", "column", "reason"), problems))
    required = [each.field for each in report.missing if each.is_required]
    optional = [each.field for each in report.missing if not each.is_required]
    if required:
        parts.append(f"  [red]missing[/red]: {', '.join(required)}")
    if optional:
        parts.append(f"  not mapped: {', '.join(optional)}")
    return Group(*parts)


def _table(headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> RenderableType:
    right = ("row",)
    return Padding(table_of(headers, rows, right=right, wrap=[name for name in headers if name not in right]), (0, 2))
