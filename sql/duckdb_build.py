"""Builds one complete DuckDB file: schema, tables with comments, rows, keys and views."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect
from sqlalchemy.schema import (
    AddConstraint,
    CreateSchema,
    CreateTable,
    ExecutableDDLElement,
    SetColumnComment,
    SetTableComment,
)

from sql.duckdb_publication import is_indexed, mark
from sql.tables import MARTS_SCHEMA, tables_of
from sql.view_files import View, views

_DIALECT = Dialect()


def build(
    path: Path, schema: str, frames: Mapping[str, pl.DataFrame], *, is_private: bool, run_id: str | None = None
) -> None:
    """Write the tables of `schema`, filled from `frames` (contract shape), to a new file at `path`.

    `run_id` is the run that publishes them. `is_private` makes the file, and whatever DuckDB writes beside it, readable
    by its owner only. Raises duckdb.Error and OSError.
    """
    with created_privately(is_private), closing(duckdb.connect(path)) as connection:
        fill(connection, schema, frames)
        mark(connection, schema, run_id)
        connection.execute("CHECKPOINT")


def fill(connection: duckdb.DuckDBPyConnection, schema: str, frames: Mapping[str, pl.DataFrame]) -> None:
    """Create `schema` with its tables, rows, comments and, for analysts, views. Raises duckdb.Error."""
    connection.execute(_sql(CreateSchema(schema)))
    for table in tables_of(schema):
        # A copy, because setting a key apart from its table marks the table for good.
        _load(connection, table.to_metadata(sa.MetaData()), frames[table.name])
    if schema == MARTS_SCHEMA:
        for view in views():
            _create_view(connection, view)


def _load(connection: duckdb.DuckDBPyConnection, table: sa.Table, frame: pl.DataFrame) -> None:
    # Set apart, it is left out of the statement that creates the table.
    add_key = AddConstraint(table.primary_key)
    connection.execute(_sql(CreateTable(table)))
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"INSERT INTO {table.schema}.{table.name} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")
    if is_indexed(table.schema):
        # After the rows: an index built at once is twice as fast as one kept up row by row.
        connection.execute(_sql(add_key))
    connection.execute(_sql(SetTableComment(table)))
    for column in table.columns:
        connection.execute(_sql(SetColumnComment(column)))


def _create_view(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    connection.execute(view.statement)
    name = f"{MARTS_SCHEMA}.{view.name}"
    connection.execute(f"COMMENT ON VIEW {name} IS {_literal(view.comment())}")
    for column in connection.sql(f"FROM {name}").columns:
        described = _literal(view.column_description(column))
        connection.execute(f'COMMENT ON COLUMN {name}."{column}" IS {described}')


def _sql(statement: ExecutableDDLElement) -> str:
    return str(statement.compile(dialect=_DIALECT))


def _literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


@contextmanager
def created_privately(is_private: bool) -> Iterator[None]:
    """Files made inside the block are readable by their owner only, if they should be."""
    # DuckDB makes the file itself, and a log and spill files beside it; the mask reaches them all from the first byte.
    if not is_private:
        yield
        return
    mask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(mask)
