"""Commands that read the warehouse: `query`, `export`, `report`."""

from __future__ import annotations

import difflib
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from flows.errors import StorageError, UsageError
from flows.invocation import Injected, Switch

if TYPE_CHECKING:
    import polars as pl

    from sql.warehouse import Warehouse


def register(app: App) -> None:
    """Add these commands to the application."""
    app.command(query)
    app.command(export)
    app.command(report)


def query(
    sql: str,
    /,
    *,
    csv: Switch = False,
    json: Switch = False,
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
    from flows.answer import as_csv, as_json_lines, show_answer
    from flows.warehouses import open_warehouse

    if csv and json:
        raise UsageError("--csv and --json exclude each other")
    answer = _asked(open_warehouse(invocation.settings()), sql)
    if csv:
        sys.stdout.write(as_csv(answer))
    elif json:
        sys.stdout.write(as_json_lines(answer))
    else:
        show_answer(answer)
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
    from flows.answer import as_csv
    from flows.warehouses import open_warehouse

    if out.suffix not in (".parquet", ".csv"):
        raise UsageError(f"--out {out} must end in .parquet or .csv")
    if not re.fullmatch(r"(\w+\.)?\w+", table):
        raise UsageError(f"{table} is not the name of a table")
    frame = _exported(open_warehouse(invocation.settings()), table)
    # Written beside the target and moved, so that a reader never meets half a file.
    half = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".csv":
            half.write_text(as_csv(frame), encoding="utf-8")
        else:
            frame.write_parquet(half)
        half.replace(out)
    except OSError as error:
        with suppress(OSError):
            half.unlink()
        raise StorageError(
            f"--out {out}: cannot be written ({error.strerror or error}); choose another file"
        ) from error
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
        company = company_scorecard(dict(warehouse.read_together(SCORECARD_TABLES)))
        rain = warehouse.query(_RAIN_BY_TEAM)
    scorecard.save(scorecard.picture(company, rain, settings.organisation.name), out)
    sys.stdout.write(f"scorecard in {out}\n")
    return 0


# The newest window with a verdict, for units with none below them; in alphabetical order.
_RAIN_BY_TEAM = """
    WITH judged AS (
        SELECT * FROM kpi_value
        WHERE kpi_id = 'rain_gap' AND component = 'main' AND variant = 'main' AND verdict IS NOT NULL
          AND org_unit_id NOT IN (SELECT parent_org_unit_id FROM dim_org_unit WHERE parent_org_unit_id IS NOT NULL)
    )
    SELECT org_unit_name, value, ci_low, ci_high, verdict
    FROM judged
    WHERE period_start = (SELECT max(period_start) FROM judged)
    ORDER BY org_unit_name
"""


def _exported(warehouse: Warehouse, table: str) -> pl.DataFrame:
    """A table of ours in the types of its contract, also on an engine that has no such types; any other as it is."""
    from flows.warehouses import storage_errors
    from sql.tables import MARTS_SCHEMA

    name = table.removeprefix(f"{MARTS_SCHEMA}.")
    if name not in _names_in_marts():
        return _asked(warehouse, f"SELECT * FROM {table}")
    with storage_errors():
        return warehouse.read(name)


def _asked(warehouse: Warehouse, sql: str) -> pl.DataFrame:
    """The answer; a name that is not there is said together with where the names stand, or the nearest one."""
    from flows.warehouses import storage_errors

    if not sql.strip():
        raise UsageError(f"the query is empty; there are {', '.join(_names_in_marts())}")
    try:
        with storage_errors():
            return warehouse.query(sql)
    except UsageError as error:
        raise UsageError(f"{str(error).rstrip('!. ')}{_hint(str(error))}") from error


def _hint(complaint: str) -> str:
    if missing := _MISSING_TABLE.search(complaint):
        near = difflib.get_close_matches(missing["name"], _names_in_marts(), n=1)
        return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(_names_in_marts())}"
    if _MISSING_COLUMN.search(complaint):
        return '; `culture-kpis query "SELECT * FROM TABLE LIMIT 1"`, with the name of the table, shows its columns'
    return ""


# As DuckDB, PostgreSQL and SQLite say it.
_MISSING_TABLE = re.compile(r'(Table with name |relation "|no such table: )(?P<name>[\w.]+)')
_MISSING_COLUMN = re.compile(r'not found in FROM clause|column "?[\w.]+"? does not exist|no such column')


def _names_in_marts() -> list[str]:
    """Tables and views an analyst may read."""
    from sql.tables import MARTS_SCHEMA, SCHEMAS
    from sql.view_files import views

    return sorted([*SCHEMAS[MARTS_SCHEMA], *(view.name for view in views())])
