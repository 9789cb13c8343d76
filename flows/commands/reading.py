"""Commands that read the warehouse: `query`, `export`, `report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from flows.errors import StorageError, UsageError
from flows.invocation import Injected


def register(app: App) -> None:
    """Add these commands to the application."""
    app.command(query)
    app.command(export)
    app.command(report)


def query(
    sql: str,
    /,
    *,
    csv: Annotated[bool, Parameter(negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
    invocation: Injected,
) -> int:
    """Ask the warehouse a question in SQL, read-only; tables without a schema are those of `marts`.

    Parameters
    ----------
    sql
        The question.
    csv
        Answer as CSV.
    json
        Answer as JSON, one object a line.
    """
    from flows.warehouses import open_warehouse, storage_errors

    if csv and json:
        raise UsageError("--csv and --json exclude each other")
    with storage_errors():
        answer = open_warehouse(invocation.settings()).query(sql)
    if csv:
        sys.stdout.write(answer.write_csv())
    elif json:
        sys.stdout.write(answer.write_ndjson())
    else:
        _print(answer)
    return 0


def export(table: str, /, *, out: Path, invocation: Injected) -> int:
    """Write one table or view to a file.

    Parameters
    ----------
    table
        Such as fct_kpi_value or kpi_scorecard.
    out
        File to write; ends in .parquet or .csv.
    """
    from flows.warehouses import open_warehouse, storage_errors

    if out.suffix not in (".parquet", ".csv"):
        raise UsageError(f"--out {out} must end in .parquet or .csv")
    if not table.replace("_", "").replace(".", "").isalnum():
        raise UsageError(f"{table} is not the name of a table")
    with storage_errors():
        frame = open_warehouse(invocation.settings()).query(f"SELECT * FROM {table}")
    # Written beside the target and moved, so that a reader never meets half a file.
    half = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".csv":
            frame.write_csv(half)
        else:
            frame.write_parquet(half)
        half.replace(out)
    except OSError as error:
        raise StorageError(f"{out}: cannot be written ({error.strerror or error})") from error
    sys.stdout.write(f"{frame.height:,} rows of {table} in {out}\n")
    return 0


def report(*, out: Path = Path("service-culture.html"), invocation: Injected) -> int:
    """Draw the scorecard: the company by principle, and the rain test by team.

    Parameters
    ----------
    out
        File to write; ends in .html, .svg or .png.
    """
    from flows import scorecard
    from flows.summary import SCORECARD_TABLES, company_scorecard
    from flows.warehouses import open_warehouse, storage_errors

    if out.suffix not in scorecard.FORMATS:
        raise UsageError(f"--out {out} must end in {', '.join(scorecard.FORMATS)}")
    settings = invocation.settings()
    with storage_errors():
        warehouse = open_warehouse(settings)
        company = company_scorecard({name: warehouse.read(name) for name in SCORECARD_TABLES})
        rain = warehouse.query(_RAIN_BY_TEAM)
    scorecard.save(scorecard.picture(company, rain, settings.organisation.name), out)
    sys.stdout.write(f"scorecard in {out}\n")
    return 0


# The newest window in which any team has a verdict; teams in alphabetical order.
_RAIN_BY_TEAM = """
    SELECT org_unit_name, value, ci_low, ci_high, verdict
    FROM kpi_value
    WHERE kpi_id = 'rain_gap' AND variant = 'main' AND value IS NOT NULL AND org_level > 1
      AND period_start = (SELECT max(period_start) FROM kpi_value WHERE kpi_id = 'rain_gap' AND value IS NOT NULL)
    ORDER BY org_unit_name
"""


def _print(answer: pl.DataFrame) -> None:
    """A table for people: numbers right-aligned, at most four decimals, nothing cut in a pipe."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, dtype in answer.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in answer.iter_rows():
        table.add_row(
            *("" if cell is None else f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row)
        )
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(80, 24 * max(answer.width, 1)))
    console.print(table)
