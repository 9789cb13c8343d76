"""What one run did: how it ended, the rows it judged, the checks that failed, the numbers it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.errors import UsageError
from flows.lake import Lake

NEWEST = "newest"


@dataclass(frozen=True)
class RunReport:
    """One run: its row in `meta_run`, rows by source and fate, checks that failed, and restated numbers by KPI."""

    run: dict[str, Any]
    rows: pl.DataFrame
    failed_checks: pl.DataFrame
    restatements: pl.DataFrame
    backfill: dict[str, Any] | None


def recent(lake: Lake, limit: int) -> pl.DataFrame:
    """The newest runs first: run_id, run_kind, run_on, started_at, finished_at, outcome, message."""
    columns = ("run_id", "run_kind", "run_on", "started_at", "finished_at", "outcome", "message")
    return _newest_first(lake).head(limit).select(columns)


def report(lake: Lake, run_id: str) -> RunReport:
    """What is known of a run: its id, the beginning of it, or `newest`. Raises UsageError for none or several."""
    runs = _newest_first(lake)
    found = runs.head(1) if run_id == NEWEST else runs.filter(pl.col("run_id").str.starts_with(run_id))
    if found.height != 1:
        said = "no run" if found.is_empty() else f"{found.height} runs"
        raise UsageError(f"{said} with an id that begins with {run_id!r}; `culture-kpis runs list` shows them")
    run = found.row(0, named=True)

    def of_run(table: str) -> pl.DataFrame:
        return lake.ask(table, lambda rows: rows.filter(pl.col("run_id") == run["run_id"]))

    backfills = of_run("meta_backfill")
    return RunReport(
        run=run,
        rows=of_run("meta_row_accounting")
        .group_by("source", "fate", "reason")
        .agg(pl.col("n_rows").sum())
        .sort("source", "fate", "reason"),
        failed_checks=of_run("meta_validation")
        .filter(pl.col("n_failed") > 0)
        .select("gate", "source", "table_name", "rule", "column_name", "severity", "n_checked", "n_failed")
        .sort("n_failed", descending=True),
        restatements=of_run("meta_restatement")
        .group_by("kpi_id", "period_grain")
        .agg(pl.len().alias("n_numbers"), pl.col("period_start").min(), pl.col("period_start").max().alias("up_to"))
        .sort("kpi_id", "period_grain"),
        backfill=backfills.row(0, named=True) if backfills.height else None,
    )


def _newest_first(lake: Lake) -> pl.DataFrame:
    return lake.read("meta_run").sort("started_at", descending=True)
