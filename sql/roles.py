"""The roles of a PostgreSQL warehouse: who may read, who may read at event grain, who may write."""

from __future__ import annotations

from importlib.resources import files

import sqlalchemy as sa

READER, WRITER = "kpi_reader", "kpi_writer"


def grant(connection: sa.Connection) -> None:
    """Create the roles that are missing and grant them what they may do, by the script `sql/roles.sql`."""
    script = files("sql").joinpath("roles.sql").read_text("utf-8")
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})
