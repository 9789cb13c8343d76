"""Judges tables by what their contracts promise, and rows by rules; says which rows failed, never what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import dataframely as dy
import polars as pl

from expectations.compile import Promise, declared_types, promises, unique_key
from expectations.question import NO_ROWS, Question, failing_rows
from transforms.contracts.columns import Severity
from transforms.moments import MOMENT
from transforms.rules.declaration import Rule
from transforms.texts import filled


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
    rows: pl.Series = field(default_factory=lambda: NO_ROWS)
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Promised:
    """A frame, and the contract it is judged by. `severity` overrides what the contract's columns say."""

    table: str
    contract: type[dy.Schema]
    frame: pl.DataFrame
    severity: Severity | None = None


def judge(tables: Sequence[Promised]) -> dict[str, list[Finding]]:
    """Findings by table, in the order of its contract.

    Where a frame's columns or types differ from the contract, only that finding comes back. Raises CompileError for a
    contract that nothing could judge and JudgementError for a check that cannot be evaluated.
    """
    asked = {one.table: promises(one.table, one.contract, one.severity) for one in tables}
    findings = {table: [shape] for table, shape in _shapes(tables).items()}
    sound = [one for one in tables if not findings[one.table][0].n_failed]
    questions = [(one, promise) for one in sound for promise in asked[one.table][1:]]
    failing = failing_rows([_question(one, promise) for one, promise in questions])
    for (one, promise), rows in zip(questions, failing, strict=True):
        finding = Finding(promise.rule, promise.column, promise.severity, one.frame.height, rows.len(), rows)
        findings[one.table].append(finding)
    return findings


def judge_rules(rules: Sequence[Rule], checks: Sequence[pl.LazyFrame]) -> list[Finding]:
    """A finding of each rule on its check, which has the boolean `holds` for every row that the rule judges.

    Rows are counted, not placed: `failing` has them. Raises JudgementError when a rule cannot be evaluated.
    """
    judged = pl.collect_all([check.select("holds") for check in checks])
    rows = failing_rows(
        [Question(rule.id, "holds", holds, pl.col("holds")) for rule, holds in zip(rules, judged, strict=True)]
    )
    return [
        Finding(rule.id, "", rule.severity, holds.height, failed.len())
        for rule, holds, failed in zip(rules, judged, rows, strict=True)
    ]


def failing(check: pl.LazyFrame) -> pl.DataFrame:
    """The rows of a check that do not hold."""
    return check.filter(~pl.col("holds")).collect()


def _shapes(tables: Sequence[Promised]) -> dict[str, Finding]:
    """Compares names and types; a column the contract does not know is as wrong as a missing one."""
    columns = [_columns(one.frame.schema, declared_types(one.contract)) for one in tables]
    as_declared = pl.col("declared") == pl.col("actual")
    failing = failing_rows(
        [
            Question(f"columns of {one.table}", "columns", told, as_declared)
            for one, told in zip(tables, columns, strict=True)
        ]
    )
    return {
        one.table: Finding(
            "columns",
            "",
            "critical",
            told.height,
            rows.len(),
            places=tuple(
                told[rows].select(filled("{} is {}, declared {}", "column", "actual", "declared")).to_series()
            ),
        )
        for one, told, rows in zip(tables, columns, failing, strict=True)
    }


def _columns(actual: Mapping[str, pl.DataType], declared: Mapping[str, pl.DataType]) -> pl.DataFrame:
    names = list(dict.fromkeys([*declared, *actual]))
    return pl.DataFrame(
        {
            "column": names,
            "declared": [str(declared.get(name, "not declared")) for name in names],
            "actual": [str(actual.get(name, "missing")) for name in names],
        }
    )


def _question(one: Promised, promise: Promise) -> Question:
    """What has to be asked about the rows of a table for one promise of its contract."""
    column = pl.col(promise.column)
    values, extremes = column, None
    match promise.rule:
        case "not_null":
            values = pl.when(column.is_not_null()).then(True)
        case "finite":
            values = column.is_finite()
        case "unique_key":
            key = unique_key(one.contract)
            values = pl.len().over(*key)
            # To count every key costs four times as much as to see that none repeats.
            extremes = pl.when(pl.struct(key).n_unique() < pl.len()).then(pl.len()).otherwise(1)
        case "length":
            length = column.str.len_chars()
            extremes = column.get(length.arg_min()).append(column.get(length.arg_max()))
        case "bounds":
            is_time = one.frame.schema[promise.column].is_temporal()
            values = column.cast(MOMENT if is_time else pl.Float64)
            extremes = values.min().append(values.max())
    about = f"{promise.rule} of {one.table}.{promise.column}".removesuffix(".")
    return Question(about, promise.rule, one.frame, values, promise.terms, extremes)
