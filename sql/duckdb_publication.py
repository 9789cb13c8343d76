"""What a DuckDB file says about itself: which run published it, and of what shape it is.

Changed rows of a large table fit no older state than the one they changed, and no file of another version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import duckdb

from sql.tables import MARTS_SCHEMA, tables_of
from sql.view_files import views

_PUBLICATION = "main.publication"
# A file of which more than half is empty blocks is built anew.
_LARGEST_WASTE = 0.5


def is_indexed(schema: str | None) -> bool:
    """Whether the tables of `schema` bear their keys.

    A key is an index, which a change reads and writes as a whole. The restricted tables, which grow with the company,
    do without; that none of their keys repeats is seen when rows come in (`conform.py`, `duckdb_change.py`).
    """
    return schema == MARTS_SCHEMA


def mark(connection: duckdb.DuckDBPyConnection, schema: str, run_id: str | None) -> None:
    """Write down which run publishes the connected file. Raises duckdb.Error."""
    connection.execute(f"CREATE OR REPLACE TABLE {_PUBLICATION} (run_id VARCHAR, shape VARCHAR)")
    connection.execute(f"INSERT INTO {_PUBLICATION} VALUES (?, ?)", [run_id, _shape(schema)])


def fits(path: Path, schema: str, since: Collection[str]) -> bool:
    """Whether the file at `path` can be changed to its successor: of this version, without much waste, and published
    by the run that every change is `since`. Raises duckdb.Error.
    """
    # Beside an empty database, for DuckDB would else keep the file open under its name.
    with closing(duckdb.connect(":memory:")) as connection:
        quoted = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS published (READ_ONLY)")
        (sizes,) = connection.execute(
            "SELECT free_blocks, total_blocks FROM pragma_database_size() WHERE database_name = 'published'"
        ).fetchall()
        is_marked = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE database_name = 'published' AND table_name = 'publication'"
        ).fetchall()
        if not is_marked:
            return False
        ((run_id, shape),) = connection.execute(f"SELECT run_id, shape FROM published.{_PUBLICATION}").fetchall()
    n_free, n_blocks = sizes
    return shape == _shape(schema) and all(run == run_id for run in since) and n_free <= _LARGEST_WASTE * n_blocks


def _shape(schema: str) -> str:
    """Hash of everything in a file of this version but its rows."""
    told = [
        f"{table} {table.comment} {column.name} {column.type!r} {column.nullable} {column.primary_key} {column.comment}"
        for table in tables_of(schema)
        for column in table.columns
    ]
    told.append(f"indexed {is_indexed(schema)}")
    told += [f"{view}" for view in views() if schema == MARTS_SCHEMA]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
