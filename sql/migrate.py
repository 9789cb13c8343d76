"""Migrations of a PostgreSQL warehouse by Alembic: tables change in place, so grants and analysts' views survive.

A revision changes structure only. Comments and views are renewed after every upgrade from where they are declared, so
that a better sentence is not a migration.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.schema import CreateSchema, SetColumnComment, SetTableComment

from sql.errors import WarehouseError
from sql.tables import MARTS_SCHEMA, SCHEMAS, metadata
from sql.view_files import View, views

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE: dict[str, Any] = {"version_table": "schema_version", "version_table_schema": MARTS_SCHEMA}
# Held by a night and by an upgrade, so that there is one of them at a time. Any number that nobody else uses.
PUBLISHING_LOCK = 7_203_664_018
# How long an upgrade waits for a reader to finish: every later reader waits behind it.
PATIENCE = "10s"


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration; `env.py` migrates over `connection`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def require_head(connection: sa.Connection, address: str) -> None:
    """Raises WarehouseError unless the tables are of this version, with the command that makes them so."""
    found = _found(connection)
    scripts = ScriptDirectory.from_config(configuration())
    if found == scripts.get_current_head():
        return
    command_line = "run `culture-kpis warehouse upgrade`"
    if found is None:
        raise WarehouseError(f"warehouse {address}: it has no tables yet; {command_line}")
    try:
        scripts.get_revision(found)
    except CommandError:
        newer = "a newer version of this program has upgraded it; install that version here too"
        raise WarehouseError(f"warehouse {address}: {newer} (revision {found})") from None
    missing = f"its tables are at revision {found}, this version needs {scripts.get_current_head()}"
    raise WarehouseError(f"warehouse {address}: {missing}; {command_line}")


def upgrade(connection: sa.Connection) -> list[str]:
    """Bring the tables to this version within the connection's transaction; the revisions applied, oldest first."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PUBLISHING_LOCK)))
    for schema in SCHEMAS:
        connection.execute(CreateSchema(schema, if_not_exists=True))
    config, before = configuration(connection), _found(connection)
    command.upgrade(config, "head")
    _describe(connection)
    steps = ScriptDirectory.from_config(config).iterate_revisions("head", before)
    return [f"{step.revision} {step.doc}" for step in reversed(list(steps))]


def _found(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection, opts=VERSION_TABLE).get_current_revision()


def _describe(connection: sa.Connection) -> None:
    for table in metadata().sorted_tables:
        connection.execute(SetTableComment(table))
        for column in table.columns:
            connection.execute(SetColumnComment(column))
    _renew_views(connection)
    for view in views():
        _describe_view(connection, view)


def _renew_views(connection: sa.Connection) -> None:
    """Replaced in place, which keeps grants and what is built on them; made anew where other columns forbid that."""
    try:
        with connection.begin_nested():
            for view in views():
                _execute(connection, view.statement.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
    except sa.exc.ProgrammingError as error:
        if not isinstance(error.orig, psycopg.errors.InvalidTableDefinition):
            raise
        for view in reversed(views()):
            _execute(connection, f"DROP VIEW IF EXISTS {MARTS_SCHEMA}.{view.name}")
        for view in views():
            _execute(connection, view.statement)


def _describe_view(connection: sa.Connection, view: View) -> None:
    shown = sa.table(view.name, schema=MARTS_SCHEMA)
    names = connection.execute(sa.select(sa.text("*")).select_from(shown).limit(0)).keys()
    columns: list[sa.Column[Any]] = [sa.Column(name, comment=view.column_description(name)) for name in names]
    comment = str(sa.literal(view.comment()).compile(connection, compile_kwargs={"literal_binds": True}))
    _execute(connection, f"COMMENT ON VIEW {MARTS_SCHEMA}.{view.name} IS {comment}")
    for column in sa.Table(view.name, sa.MetaData(), *columns, schema=MARTS_SCHEMA).columns:
        connection.execute(SetColumnComment(column))


def _execute(connection: sa.Connection, statement: str) -> None:
    # As it is written: a per cent sign in it is no placeholder.
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
