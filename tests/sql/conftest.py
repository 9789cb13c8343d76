"""A small published world: one KPI in two versions, two teams, three months."""

import datetime as dt
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import pytest
import sqlalchemy as sa

from sql.warehouse import Warehouse, open_warehouse
from tests.postgres_server import Server
from transforms.contracts import MARTS, RESTRICTED

JANUARY, FEBRUARY, MARCH = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)
ENDS = {JANUARY: dt.date(2026, 1, 31), FEBRUARY: dt.date(2026, 2, 28), MARCH: dt.date(2026, 3, 31)}
NIGHT = dt.datetime(2026, 4, 9, 22, tzinfo=dt.UTC)
_FILLERS: dict[type[pl.DataType], Any] = {
    pl.String: "x",
    pl.Int64: 1,
    pl.Float64: 0.0,
    pl.Boolean: False,
    pl.Date: JANUARY,
    pl.Datetime: NIGHT,
}


def frame_of(contract: type[dy.Schema], *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a contract; what a row leaves out is null, or a filler where null is not allowed."""
    columns = contract.columns()
    filled = [
        {
            name: row.get(name, None if column.nullable else _FILLERS[type(column.dtype)])
            for name, column in columns.items()
        }
        for row in rows
    ]
    return pl.DataFrame(filled, schema={name: column.dtype for name, column in columns.items()}, orient="row")


def tickets(**status: str) -> pl.DataFrame:
    """Tickets by id with their status."""
    rows = ({"source": "desk", "ticket_id": ticket, "status": said} for ticket, said in status.items())
    return frame_of(RESTRICTED["fct_ticket"], *rows)


def cell(unit: str, start: dt.date, value: float | None, width: float = 0.05, **more: Any) -> dict[str, Any]:
    """One published monthly number of `reopen_rate`."""
    return {
        "kpi_id": "reopen_rate",
        "definition_version": 2,
        "component": "main",
        "variant": "main",
        "org_unit_id": unit,
        "period_grain": "month",
        "period_start": start,
        "period_end": ENDS[start],
        "principle": "commitment",
        "value": value,
        "ci_low": None if value is None else value - width,
        "ci_high": None if value is None else value + width,
        "state": "published" if value is not None else "suppressed_primary",
        "as_of": NIGHT,
        "run_id": "night-1",
    } | more


def kpi(version: int, is_current: bool) -> dict[str, Any]:
    """One version of the definition of `reopen_rate`: less is better."""
    return {
        "kpi_id": "reopen_rate",
        "definition_version": version,
        "is_current": is_current,
        "principle": "commitment",
        "kpi_name": f"Reopened, definition {version}",
        "unit": "share",
        "direction": "down",
    }


@pytest.fixture
def marts() -> dict[str, pl.DataFrame]:
    """North was renamed on 1 March; South is too small to show in February; an old definition is still stored."""
    units = [
        {
            "org_unit_id": "north",
            "org_unit_name": "North",
            "valid_from_on": dt.date(2025, 1, 1),
            "path_name": "C / North",
        },
        {"org_unit_id": "north", "org_unit_name": "Polar", "valid_from_on": MARCH, "path_name": "C / Polar"},
        {"org_unit_id": "south", "org_unit_name": "South", "valid_from_on": MARCH, "path_name": "C / South"},
    ]
    periods = [
        {
            "period_grain": "month",
            "period_start": start,
            "period_end": ENDS[start],
            "period_name": start.strftime("%Y-%m"),
        }
        | {"previous_period_start": before}
        for start, before in ((JANUARY, dt.date(2025, 12, 1)), (FEBRUARY, JANUARY), (MARCH, FEBRUARY))
    ]
    cells = [
        cell("north", JANUARY, 0.20),
        cell("north", FEBRUARY, 0.08),
        cell("north", MARCH, None, state="not_matured"),
        cell("south", JANUARY, 0.10),
        cell("south", FEBRUARY, None),
        cell("north", FEBRUARY, 0.50, definition_version=1),
    ]
    return {
        "fct_kpi_value": frame_of(MARTS["fct_kpi_value"], *cells),
        "dim_kpi": frame_of(MARTS["dim_kpi"], kpi(1, False), kpi(2, True)),
        "dim_principle": frame_of(MARTS["dim_principle"], {"principle": "commitment", "principle_name": "Commitment"}),
        "dim_org_unit": frame_of(MARTS["dim_org_unit"], *units),
        "dim_period": frame_of(MARTS["dim_period"], *periods),
        "meta_run": frame_of(MARTS["meta_run"], {"run_id": "night-1", "run_kind": "nightly", "outcome": "succeeded"}),
    }


@pytest.fixture
def restricted() -> dict[str, pl.DataFrame]:
    """One ticket."""
    return {"fct_ticket": frame_of(RESTRICTED["fct_ticket"], {"source": "desk", "ticket_id": "1", "created_at": NIGHT})}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the warehouse file lies."""
    return tmp_path / "house" / "warehouse.duckdb"


@pytest.fixture
def warehouse(path: Path) -> Warehouse:
    """A warehouse that does not exist yet."""
    return open_warehouse(f"duckdb:///{path}")


@pytest.fixture
def published(warehouse: Warehouse, marts: dict[str, pl.DataFrame], restricted: dict[str, pl.DataFrame]) -> Warehouse:
    """The same warehouse after its first publication."""
    warehouse.stage(marts, restricted)
    warehouse.publish()
    return warehouse


def opened(url: sa.URL) -> Warehouse:
    """The warehouse at an address with its password."""
    return open_warehouse(url.render_as_string(hide_password=False))


@pytest.fixture
def database(postgres: Server) -> sa.URL:
    """A database of the server with our tables."""
    return postgres.database()


@pytest.fixture
def house(database: sa.URL, marts: dict[str, pl.DataFrame], restricted: dict[str, pl.DataFrame]) -> Warehouse:
    """The warehouse in it, after its first night."""
    warehouse = opened(database)
    warehouse.stage(marts, restricted)
    warehouse.publish()
    return warehouse
