"""Analysts at work while nights run and die: one with a connection open all the while, one who connects anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

from sql.duckdb_read import reading
from tests.flows.pipeline.night_process import PATIENCE_SECONDS, PROCESSES

State = tuple[int, ...]  # rows and content of every table of a schema


@dataclass
class Seen:
    """What the analysts saw: how often they looked, the states in their order, and whatever went wrong."""

    looks: int = 0
    snapshot_changed: bool = False
    states: list[tuple[State, State]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def state_of(folder: Path) -> tuple[State, State]:
    """What a new connection sees of analysts' and data stewards' tables, in this order."""
    with reading(folder / "warehouse.duckdb", "marts") as connection:
        marts = _state(connection, "marts")
    with reading(folder / "warehouse_restricted.duckdb", "restricted") as connection:
        return marts, _state(connection, "restricted")


@contextmanager
def analysts(folder: Path, pause_seconds: float = 0.2) -> Iterator[list[Seen]]:
    """Have analysts look at the warehouse in `folder` during the block; the list holds what they saw after it."""
    found: list[Seen] = []
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_look, args=(folder, there, pause_seconds), daemon=True)
    process.start()
    there.close()
    try:
        assert here.poll(PATIENCE_SECONDS)
        here.recv()
        yield found
        here.send("stop")
        found.append(here.recv())
    finally:
        process.kill()
        process.join()
        here.close()


def _look(folder: Path, outside: Connection, pause_seconds: float) -> None:
    seen = Seen()
    held = duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True)
    snapshot = _state(held, "marts")
    outside.send("ready")
    while not outside.poll(pause_seconds):
        try:
            seen.snapshot_changed |= _state(held, "marts") != snapshot
            state = state_of(folder)
        except duckdb.Error as error:
            seen.troubles.append(str(error))
            continue
        seen.looks += 1
        if not seen.states or seen.states[-1] != state:
            seen.states.append(state)
    outside.send(seen)


def _state(connection: duckdb.DuckDBPyConnection, schema: str) -> State:
    columns = connection.execute(
        "SELECT table_name, string_agg('\"' || column_name || '\"', ', ' ORDER BY column_index) "
        "FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, schema_name, table_name) "
        "WHERE schema_name = ? AND table_name <> 'meta_run' AND column_name NOT IN ('run_id', 'as_of') "
        "GROUP BY table_name ORDER BY table_name",
        [schema],
    ).fetchall()
    rows = [
        connection.execute(f'SELECT count(*), sum(hash({names})::HUGEINT) FROM {schema}."{table}"').fetchone()
        for table, names in columns
    ]
    return tuple(int(number or 0) for row in rows for number in row or ())
