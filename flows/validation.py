"""Judges everything staged and everything published again, without changing anything."""

from __future__ import annotations

import polars as pl
from rich.table import Table

from flows.lake import Lake
from flows.settings import Settings
from flows.warehouses import open_warehouse, storage_errors
from transforms.contracts import MARTS, STAGED
from transforms.contracts.marts import MetaRowAccounting

RUN_ID = "validate"


def validate_all(settings: Settings, lake: Lake) -> tuple[Table, list[str]]:
    """Checks as a table (counts only) and one line per critical failure."""
    from expectations.gate import judge_marts, judge_staged  # noqa: PLC0415 - slow to import

    staged = {name: lake.scan(name) for name in STAGED}
    rows = {name: scan.collect() for name, scan in staged.items()}
    candidates = {name: frame for name, frame in rows.items() if not frame.is_empty()}
    # No history: the volume of a whole table says nothing about a night's.
    verdicts = [judge_staged(candidates, staged, MetaRowAccounting.create_empty(), RUN_ID, "")]
    warehouse = open_warehouse(settings)
    with storage_errors():
        if warehouse.exists():
            verdicts.append(judge_marts({name: warehouse.read(name) for name in MARTS}, RUN_ID))
    results = pl.concat([verdict.results for verdict in verdicts])
    failed = results.filter(pl.col("n_failed") > 0)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("gate", "table", "rule", "column", "severity"):
        table.add_column(name)
    for name in ("checked", "failed"):
        table.add_column(name, justify="right")
    columns = ["gate", "table_name", "rule", "column_name", "severity", "n_checked", "n_failed"]
    for row in failed.select(columns).iter_rows():
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    table.caption = f"{results.height:,} checks, {failed.height:,} with failures"
    table.caption_justify = "left"
    return table, [reason for verdict in verdicts for reason in verdict.reasons]
