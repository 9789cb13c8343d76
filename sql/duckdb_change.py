"""Makes a copy of a published DuckDB file equal to its successor, writing only the rows that differ."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from sql.changed_rows import ChangedRows, Load
from sql.duckdb_build import created_privately
from sql.duckdb_publication import fits, is_indexed, mark
from sql.places import place_of


def changed(
    published: Path, path: Path, schema: str, loads: Mapping[str, Load], *, is_private: bool, run_id: str | None
) -> bool:
    """Write the successor of `published` to a new file at `path`; False, and no file, where it must be built anew.

    `loads` has every table of `schema` in its contract's shape, `run_id` is the run that publishes them. Raises
    OSError where the copy cannot be written.
    """
    since = {load.since for load in loads.values() if isinstance(load, ChangedRows)}
    try:
        if not published.exists() or not fits(published, schema, since):
            return False
        with created_privately(is_private):
            shutil.copyfile(published, path)
            with _written_to(path) as connection:
                for table, load in loads.items():
                    make_equal(connection, schema, table, load)
                    if isinstance(load, ChangedRows) and not is_indexed(schema):
                        _require_keys_once(connection, schema, table)
                mark(connection, schema, run_id)
    except duckdb.Error:
        # Whatever is wrong with the published file: its successor need not know.
        for rest in ("", ".wal"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        return False
    return True


@contextmanager
def _written_to(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    # The work is one statement after another on few rows: a second thread costs CPU time and saves no wait.
    with closing(duckdb.connect(path, config={"threads": 1})) as connection:
        yield connection
        connection.execute("CHECKPOINT")


def make_equal(connection: duckdb.DuckDBPyConnection, schema: str, table: str, load: Load) -> None:
    """Delete the rows that differ or are gone, insert those that are missing; the others stay where they are.

    Each statement is a transaction: an index takes a key again only when its deletion is committed. Rows are compared
    by a hash of 64 bits over all their columns, in half the time that the columns take. It tells rows apart that differ
    in one number for certain, others but for one in 2^64.
    """
    held, named = f"{schema}.{table}", "TRUE"
    rows = load.rows if isinstance(load, ChangedRows) else load
    if isinstance(load, ChangedRows):
        # Many of the rows that may differ do not, and to delete a row costs far more than to compare it. An `IN` is
        # asked of the statistics of the table first; most of its rows are never looked at.
        connection.register("named", load.keys.to_arrow())
        (column,) = load.keys.columns
        named = f'held."{column}" IN (SELECT "{column}" FROM named)'
    connection.register("incoming", rows.to_arrow())
    old, new = (_content(of, rows.columns) for of in ("held", "incoming"))
    connection.execute(f"DELETE FROM {held} AS held WHERE {named} AND {old} NOT IN (SELECT {new} FROM incoming)")
    connection.execute(
        f"INSERT INTO {held} BY NAME FROM incoming WHERE {new} NOT IN (SELECT {old} FROM {held} AS held WHERE {named})"
    )


def _require_keys_once(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    """That no row beside the named ones has the key of one that came in. Raises duckdb.ConstraintException."""
    key = ", ".join(f'"{name}"' for name in place_of(table)[1])
    repeated = (
        f"SELECT 1 FROM {schema}.{table} SEMI JOIN incoming USING ({key}) GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    )
    if connection.execute(repeated).fetchone():
        raise duckdb.ConstraintException(f"{schema}.{table}: a row that came in repeats the key of another")


def _content(table: str, columns: Sequence[str]) -> str:
    return "hash(" + ", ".join(f'{table}."{name}"' for name in columns) + ")"
