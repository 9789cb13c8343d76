"""What a gate decided: counts per check, what goes on, what goes to quarantine, and why nothing may be published."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from expectations.runner import Finding
from transforms.contracts.marts import MetaValidation


@dataclass(frozen=True)
class Verdict:
    """Outcome of one gate.

    `results` (contract MetaValidation) holds counts only. `accepted` are the candidates without the rows that fail a
    `row` check. `rejected` (contract RowFate and `table_name`) has one row per rejected input row. `blocked` says
    that a critical check failed; `reasons` has a line for each of those, `warnings` one for each failed warning.
    """

    results: pl.DataFrame
    accepted: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
    blocked: bool
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A finding with the table it is about, its one line for people and examples of what it names, if any.

    A check that `is_of_delivery` judges a source's delivery as a whole, so counts of checked rows say nothing.
    """

    table: str
    finding: Finding
    description: str = ""
    examples: tuple[str, ...] = ()
    is_of_delivery: bool = False

    @property
    def line(self) -> str:
        """Table, check, counts and meaning on one line; never a value."""
        finding = self.finding
        place = f"{self.table}.{finding.column}" if finding.column else self.table
        unit = "columns" if finding.rule == "columns" else "rows"
        told = f"{place}: {finding.rule}: {finding.n_failed:,} of {finding.n_checked:,} {unit} failed"
        if self.is_of_delivery:
            told = finding.rule
        named = "; ".join((*finding.places, *self.examples)[:3])
        return ". ".join(part.rstrip(".") for part in (told, self.description, named) if part)


def results(judged: list[Judged], run_id: str, gate: str, source: str) -> pl.DataFrame:
    """MetaValidation rows of a gate's findings."""
    rows = [
        {
            "run_id": run_id,
            "gate": gate,
            "source": source,
            "table_name": one.table,
            "rule": one.finding.rule,
            "column_name": one.finding.column,
            "severity": one.finding.severity,
            "n_checked": one.finding.n_checked,
            "n_failed": one.finding.n_failed,
            "is_passed": one.finding.n_failed == 0,
        }
        for one in judged
    ]
    frame = pl.DataFrame(rows, schema=MetaValidation.create_empty().schema)
    return MetaValidation.validate(frame.sort(MetaValidation.primary_key()))


def lines(judged: list[Judged], severity: str) -> tuple[str, ...]:
    """One line per failed check of a severity."""
    return tuple(one.line for one in judged if one.finding.severity == severity and one.finding.n_failed)
