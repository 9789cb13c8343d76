"""What a contract promises, compiled from its columns into promises that Great Expectations can judge.

A promise is one check of one column, or of the whole table. Its `rule` names it in results and quarantine:
`columns`, `not_null`, `bounds`, `allowed`, `pattern`, `length`, `finite`, `unique_key`. Few promises are different:
two hundred columns may not be empty, eighty lengths are 1 to 200. So a gate asks Great Expectations once per
different promise, about the values of every column that makes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from transforms.contracts.columns import Severity
from transforms.contracts.lineage import Staged
from transforms.moments import MOMENT

Terms = tuple[tuple[str, Any], ...]

_UNSUPPORTED = ("check", "unique", "resolution", "is_in")


class CompileError(ValueError):
    """A contract promises something that nothing judges; the message names table, column and promise."""


@dataclass(frozen=True)
class Promise:
    """One check of a column, or of the whole table where `column` is empty.

    `terms` are the arguments of its expectation; promises of the same rule and terms are judged together.
    """

    rule: str
    column: str
    severity: Severity
    terms: Terms = ()


def promises(table: str, contract: type[dy.Schema], severity: Severity | None = None) -> list[Promise]:
    """Everything the contract of a table promises.

    `severity` overrides what the columns say: in a mart every failure is critical. A frame whose columns or types
    differ from the contract is critical always, for then nothing else can be judged.
    Raises CompileError for a promise that could not be judged.
    """
    compiled = [Promise("columns", "", "critical")]
    for name, column in contract.columns().items():
        compiled += _of_column(table, name, column, severity or _severity(table, name, column))
    return [*compiled, Promise("unique_key", "", severity or "row")]


def declared_types(contract: type[dy.Schema]) -> dict[str, pl.DataType]:
    """Polars type of every column."""
    return dict(contract.create_empty().schema)


def unique_key(contract: type[dy.Schema]) -> list[str]:
    """Columns that may not repeat. Among staged rows within a page: across pages a repeated key is a newer version."""
    within = ["source_page"] if issubclass(contract, Staged) else []
    return list(dict.fromkeys([*contract.primary_key(), *within]))


def _severity(table: str, name: str, column: dy.Column) -> Severity:
    severity: Severity | None = (column.metadata or {}).get("severity")
    if severity is None:
        raise CompileError(f"contract {table}: column {name} does not say in its metadata what a violation does")
    return severity


def _of_column(table: str, name: str, column: dy.Column, severity: Severity) -> Iterable[Promise]:
    """Promises of one column; of a list only that it is there."""
    promised = [promise for promise in _UNSUPPORTED if getattr(column, promise, None)]
    if promised:
        raise CompileError(f"contract {table}: column {name} promises {promised[0]}, which no expectation judges")
    if not column.nullable or column.primary_key:
        yield Promise("not_null", name, severity)
    if isinstance(column, dy.String):
        yield from _of_text(name, column, severity)
    elif isinstance(column, dy.Float64 | dy.Float32 | dy.Float):
        yield Promise("finite", name, severity)
    bounds = _bounds(column)
    if bounds:
        yield Promise("bounds", name, severity, tuple(bounds.items()))


def _of_text(name: str, column: dy.String, severity: Severity) -> Iterable[Promise]:
    allowed = (column.metadata or {}).get("allowed")
    if allowed:
        yield Promise("allowed", name, severity, (("values", tuple(allowed)),))
    elif column.regex:
        # Python's `$` would let a trailing line break pass.
        pattern = column.regex.removesuffix("$") + r"\Z" if column.regex.endswith("$") else column.regex
        yield Promise("pattern", name, severity, (("regex", pattern),))
    if column.min_length is not None or column.max_length is not None:
        yield Promise("length", name, severity, (("min_value", column.min_length), ("max_value", column.max_length)))


def _bounds(column: dy.Column) -> dict[str, Any]:
    """`min`, `max` and their exclusive forms, days as the UTC midnights the runner turns them into."""
    bounds: dict[str, Any] = {}
    for side in ("min", "max"):
        inclusive, exclusive = getattr(column, side, None), getattr(column, f"{side}_exclusive", None)
        bound = exclusive if inclusive is None else inclusive
        if bound is not None:
            bounds[f"{side}_value"] = pl.Series([bound]).cast(MOMENT).item() if isinstance(column, dy.Date) else bound
            bounds[f"strict_{side}"] = inclusive is None
    return bounds
