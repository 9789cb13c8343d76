"""Reads a DuckDB warehouse file so that nothing can be written and nothing outside it can be read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from sql.duckdb_trouble import first_line, storage_trouble
from sql.errors import QueryError
from sql.tables import MARTS_SCHEMA

_ATTACHED = "warehouse"


@contextmanager
def reading(path: Path, schema: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees `path` read-only, resolves unqualified names in `schema`, and knows no other file.

    The file is attached to a fresh in-memory database: DuckDB shares one instance per path within a process, which
    would keep showing the file as it was when somebody in this process first opened it. Raises duckdb.Error.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": str(Path(tempfile.gettempdir()) / "culture-kpis-spill"),
            "autoinstall_known_extensions": "false",
        },
    )
    try:
        # Times are stored in UTC and shown in UTC, wherever the reader sits.
        connection.execute("SET TimeZone = 'UTC'")
        quoted = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS {_ATTACHED} (READ_ONLY)")
        connection.execute(f"USE {_ATTACHED}.{schema}")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def run_query(path: Path, sql: str) -> pl.DataFrame:
    """Answer of a read-only query over schema `marts` of `path`.

    Raises QueryError for a query that is wrong or tries to write, WarehouseError for a file that cannot be read.
    """
    with storage_trouble(path, "read"), reading(path, MARTS_SCHEMA) as connection:
        try:
            return connection.execute(sql).pl()
        except duckdb.IOException:
            raise
        except duckdb.Error as error:
            raise QueryError(f"the query failed: {first_line(error)}") from error
        except pl.exceptions.PolarsError as error:
            raise QueryError("the query's answer holds a type that cannot be shown; cast it to VARCHAR") from error
