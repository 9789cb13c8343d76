"""Has Great Expectations judge Polars frames, and reduces its answer to row positions: no value leaves this file.

What a column promises about single values is judged on its *distinct* values, and the rows that hold a failing value
are looked up afterwards: 142,000 events hold 79 teams. Great Expectations filters the whole frame for every check,
so each check gets only the columns it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pandas as pd
import polars as pl

from expectations.compile import IS_FINITE
from expectations.quiet_gx import gx, gxe, validate

_MOMENT = pl.Datetime("us", "UTC")
_NO_ROWS = pl.Series("row", [], dtype=pl.UInt32)


class JudgementError(RuntimeError):
    """Great Expectations could not evaluate a check: a fault of this software, never of the data."""


@dataclass(frozen=True)
class Finding:
    """One check of one table: counts, and the positions of the rows that failed.

    `places` names columns at fault where the check is about columns, not rows.
    """

    rule: str
    column: str
    severity: str
    n_checked: int
    n_failed: int = 0
    rows: pl.Series = field(default_factory=lambda: _NO_ROWS)
    places: tuple[str, ...] = ()


def judge(suite: gx.ExpectationSuite, frame: pl.DataFrame, declared: Mapping[str, pl.DataType]) -> list[Finding]:
    """Findings of a compiled suite on a frame, in the suite's order.

    `declared` maps columns to the types the contract declares; when they differ, only that finding comes back.
    Raises JudgementError.
    """
    expectations = sorted(suite.expectations, key=_domain)
    groups = {domain: list(group) for domain, group in groupby(expectations, key=_domain)}
    shape = _judge_columns(groups.pop(("columns", "")), frame, declared)
    if shape.n_failed:
        return [shape]
    if frame.is_empty():
        return [Finding(meta["rule"], meta["column"], meta["severity"], 0) for meta in map(_meta, suite.expectations)]
    findings = {("columns", ""): shape}
    for (judged_on, column), group in groups.items():
        found = _judge_values(group, frame, column) if judged_on == "values" else _judge_rows(group, frame)
        findings.update({(finding.rule, finding.column): finding for finding in found})
    return [findings[meta["rule"], meta["column"]] for meta in map(_meta, suite.expectations)]


def judge_rule(rule: str, severity: str, rows: pl.DataFrame) -> Finding:
    """Finding of a rule over rows: `rows` has one row per judged row and the boolean `holds`."""
    expectation = gxe.ExpectColumnValuesToBeInSet(
        column="holds", value_set=[True], meta={"rule": rule, "column": "", "severity": severity}
    )
    return _judge_values([expectation], rows, "holds")[0]


def _meta(expectation: Any) -> dict[str, str]:
    meta: dict[str, str] = expectation.meta
    return meta


def _domain(expectation: Any) -> tuple[str, str]:
    return _meta(expectation)["judged_on"], _meta(expectation)["column"]


def _judge_columns(group: list[Any], frame: pl.DataFrame, declared: Mapping[str, pl.DataType]) -> Finding:
    """Compares names and types; a column the contract does not know is as wrong as a missing one."""
    actual = frame.schema
    names = list(dict.fromkeys([*declared, *actual]))
    columns = pl.DataFrame(
        {
            "declared": [str(declared.get(name, "not declared")) for name in names],
            "actual": [str(actual.get(name, "missing")) for name in names],
        }
    )
    (finding,) = _findings(group, columns)
    places = tuple(
        f"{names[row]} is {columns['actual'][row]}, declared {columns['declared'][row]}" for row in finding.rows
    )
    return Finding("columns", "", finding.severity, finding.n_checked, finding.n_failed, places=places)


def _judge_values(group: list[Any], frame: pl.DataFrame, column: str) -> list[Finding]:
    distinct = frame.select(pl.col(column).unique(maintain_order=True))
    values = distinct
    if distinct[column].dtype.is_float():
        values = distinct.with_columns(pl.col(column).is_finite().alias(IS_FINITE.format(column)))
    return [
        Finding(
            found.rule,
            found.column,
            found.severity,
            frame.height,
            *_rows_holding(distinct[found.rows], frame) if found.n_failed else (),
        )
        for found in _findings(group, values)
    ]


def _rows_holding(failing: pl.DataFrame, frame: pl.DataFrame) -> tuple[int, pl.Series]:
    """How many rows hold one of the failing values, and where; a null or NaN finds itself."""
    column = failing.columns[0]
    rows = (
        frame.select(column)
        .with_row_index("row")
        .join(failing, on=column, how="semi", nulls_equal=True, maintain_order="left")["row"]
    )
    return rows.len(), rows


def _judge_rows(group: list[Any], frame: pl.DataFrame) -> list[Finding]:
    columns = {name for expectation in group for name in _columns_of(expectation)}
    return list(_findings(group, frame.select([name for name in frame.columns if name in columns])))


def _columns_of(expectation: Any) -> Iterable[str]:
    return expectation.column_list if hasattr(expectation, "column_list") else (expectation.column,)


def _findings(group: list[Any], frame: pl.DataFrame) -> Iterable[Finding]:
    results = validate(_to_pandas(frame), group)
    if any("unexpected_index_list" not in (result.result or {}) for result in results):
        # What it says about the failure quotes values, and one failing check spoils those it shares metrics with.
        names = ", ".join(f"{_meta(expectation)['rule']} of '{_meta(expectation)['column']}'" for expectation in group)
        raise JudgementError(f"Great Expectations could not evaluate one of these checks: {names}")
    for result in results:
        # Each result says itself which check it is of: Great Expectations brings them back grouped by column.
        meta = _meta(result.expectation_config)
        rows = pl.Series("row", result.result["unexpected_index_list"], dtype=pl.UInt32)
        yield Finding(meta["rule"], meta["column"], meta["severity"], frame.height, rows.len(), rows)


def _to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """Arrow-backed pandas: the NumPy default turns nullable integers into floats and keys into other keys.

    Moments and days become NumPy's UTC microseconds, which Great Expectations compares as a column and not one by one.
    """
    moments = [name for name, dtype in frame.schema.items() if dtype.is_temporal()]
    converted = frame.to_pandas(use_pyarrow_extension_array=True)
    for name in moments:
        converted[name] = frame[name].cast(_MOMENT).to_pandas()
    return converted
