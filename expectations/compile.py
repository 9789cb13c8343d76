"""Great Expectations suites, compiled from the contracts: what a contract promises, Great Expectations judges.

Every expectation carries in `meta`:

* `rule`       name of the check in results and quarantine: `columns`, `not_null`, `bounds`, `allowed`, `pattern`,
               `length`, `finite`, `unique_key`
* `column`     the contract's column, empty for checks of the whole table
* `severity`   `row`, `warning` or `critical`
* `judged_on`  which frame the runner builds for it: `columns` (one row per column: declared and actual type),
               `values` (the distinct values of one column) or `rows` (the key columns)
"""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

from expectations.quiet_gx import gx, gxe
from transforms.contracts.columns import Severity
from transforms.contracts.lineage import Staged

IS_FINITE = "{} is finite"
_UNSUPPORTED = ("check", "unique", "resolution", "is_in")


class CompileError(ValueError):
    """A contract promises something no expectation is compiled for; the message names table, column and promise."""


def suite(name: str, contract: type[dy.Schema], severity: Severity | None = None) -> gx.ExpectationSuite:
    """The suite of one contract, named after its table.

    `severity` overrides what the columns say: in a mart every failure is critical. A frame whose columns or types
    differ from the contract is critical always, for then nothing else can be judged.
    Raises CompileError for a promise that could not be judged.
    """
    compiled = gx.ExpectationSuite(name=name)
    key_severity = severity or "row"
    expectations: list[Any] = [
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="declared", column_B="actual", meta=_meta("columns", "", "critical", "columns")
        )
    ]
    for column_name, column in contract.columns().items():
        expectations += _of_column(name, column_name, column, severity or _severity(name, column_name, column))
    expectations += _unique_key(unique_key(contract), _meta("unique_key", "", key_severity, "rows"))
    compiled.expectations = expectations
    return compiled


def declared_types(contract: type[dy.Schema]) -> dict[str, pl.DataType]:
    """Polars type of every column."""
    return dict(contract.create_empty().schema)


def unique_key(contract: type[dy.Schema]) -> list[str]:
    """Columns that may not repeat. Among staged rows within a page: across pages a repeated key is a newer version."""
    within = ["source_page"] if issubclass(contract, Staged) else []
    return list(dict.fromkeys([*contract.primary_key(), *within]))


def _meta(rule: str, column: str, severity: str, judged_on: str) -> dict[str, str]:
    return {"rule": rule, "column": column, "severity": severity, "judged_on": judged_on}


def _severity(table: str, name: str, column: dy.Column) -> Severity:
    severity: Severity | None = (column.metadata or {}).get("severity")
    if severity is None:
        raise CompileError(f"contract {table}: column {name} does not say in its metadata what a violation does")
    return severity


def _of_column(table: str, name: str, column: dy.Column, severity: Severity) -> list[Any]:
    """Expectations of one column, judged on its distinct values; lists are judged by their type only."""
    promised = [promise for promise in _UNSUPPORTED if getattr(column, promise, None)]
    if promised:
        raise CompileError(f"contract {table}: column {name} promises {promised[0]}, which no expectation judges")
    found: list[Any] = []

    def expect(expectation: type, rule: str, judged_column: str = name, **promise: Any) -> None:
        meta = _meta(rule, name, severity, "values")
        found.append(expectation(column=judged_column, meta=meta, **promise))

    if not column.nullable or column.primary_key:
        expect(gxe.ExpectColumnValuesToNotBeNull, "not_null")
    if isinstance(column, dy.String):
        _of_text(column, expect)
    elif isinstance(column, dy.Float64 | dy.Float32 | dy.Float):
        expect(gxe.ExpectColumnValuesToBeInSet, "finite", IS_FINITE.format(name), value_set=[True])
    bounds = _bounds(column)
    if bounds:
        expect(gxe.ExpectColumnValuesToBeBetween, "bounds", **bounds)
    return found


def _of_text(column: dy.String, expect: Any) -> None:
    allowed = (column.metadata or {}).get("allowed")
    if allowed:
        expect(gxe.ExpectColumnValuesToBeInSet, "allowed", value_set=list(allowed))
    elif column.regex:
        # Python's `$` would let a trailing line break pass.
        pattern = column.regex.removesuffix("$") + r"\Z" if column.regex.endswith("$") else column.regex
        expect(gxe.ExpectColumnValuesToMatchRegex, "pattern", regex=pattern)
    if column.min_length is not None or column.max_length is not None:
        expect(
            gxe.ExpectColumnValueLengthsToBeBetween,
            "length",
            min_value=column.min_length,
            max_value=column.max_length,
        )


def _bounds(column: dy.Column) -> dict[str, Any]:
    """`min`, `max` and their exclusive forms, days as the UTC midnights the runner turns them into."""
    bounds: dict[str, Any] = {}
    for side in ("min", "max"):
        inclusive, exclusive = getattr(column, side, None), getattr(column, f"{side}_exclusive", None)
        bound = exclusive if inclusive is None else inclusive
        if bound is not None:
            bounds[f"{side}_value"] = (
                pl.Series([bound]).cast(pl.Datetime("us", "UTC")).item() if isinstance(column, dy.Date) else bound
            )
            bounds[f"strict_{side}"] = inclusive is None
    return bounds


def _unique_key(columns: list[str], meta: dict[str, str]) -> list[Any]:
    if not columns:
        return []
    if len(columns) == 1:
        return [gxe.ExpectColumnValuesToBeUnique(column=columns[0], meta=meta)]
    return [gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, ignore_row_if="never", meta=meta)]
