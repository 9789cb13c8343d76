"""Judges everything staged and everything published again, without changing anything."""

from __future__ import annotations

import polars as pl
from rich.console import RenderableType

from flows.lake import Lake
from flows.settings import Settings
from flows.terminal import table_of
from flows.warehouses import open_warehouse, storage_errors
from transforms.contracts import MARTS, STAGED
from transforms.contracts.marts import MetaRowAccounting

RUN_ID = "validate"


def validate_all(settings: Settings, lake: Lake) -> tuple[list[RenderableType], list[str]]:
    """The checks with failures as a table (counts only), and one line per critical failure."""
    from expectations.gate import judge_marts, judge_staged  # noqa: PLC0415 - slow to import

    rows = {name: lake.read(name) for name in STAGED}
    staged = {name: frame.lazy() for name, frame in rows.items()}
    candidates = {name: frame for name, frame in rows.items() if not frame.is_empty()}
    # No history: the volume of a whole table says nothing about a night's.
    verdicts = [judge_staged(candidates, staged, MetaRowAccounting.create_empty(), RUN_ID, "")]
    warehouse = open_warehouse(settings)
    with storage_errors():
        published = dict(warehouse.read_together(MARTS)) if warehouse.exists() else {}
    if published:
        accounted = published["meta_row_accounting"].select("source", "source_page").unique()
        pages = lake.read("landed_page").join(accounted, on=["source", "source_page"], how="semi")
        page_rows = pages.filter("is_staged").select("source", "source_page", "n_rows")
        verdicts.append(judge_marts(published, RUN_ID, page_rows))
    results = pl.concat([verdict.results for verdict in verdicts])
    failed = results.filter(pl.col("n_failed") > 0)
    columns = ["gate", "table_name", "rule", "column_name", "severity", "n_checked", "n_failed"]
    lines = [
        [f"{cell:,}" if isinstance(cell, int) else cell or "" for cell in row]
        for row in failed.select(columns).iter_rows()
    ]
    headings = ("gate", "table", "rule", "column", "severity", "checked", "failed")
    page: list[RenderableType] = [table_of(headings, lines, right=("checked", "failed"))] if lines else []
    summary = f"{results.height:,} checks of {len(candidates)} staged and {len(published)} published tables"
    page.append(f"{summary}: {failed.height:,} with failures")
    return page, [reason for verdict in verdicts for reason in verdict.reasons]
