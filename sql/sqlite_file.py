"""A warehouse in SQLite files: marts in one, data stewards' tables in a second one beside it, mode 0600."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa

from sql.engine_warehouse import EngineWarehouse
from sql.errors import WarehouseError
from sql.tables import MARTS_SCHEMA, RESTRICTED_SCHEMA

_WAIT_SECONDS = 60


class SqliteFile(EngineWarehouse):
    """A warehouse at `sqlite:///PATH`. Both files are committed together; a reader may wait while they are."""

    schema_names: ClassVar[dict[str, str | None]] = {MARTS_SCHEMA: None}

    def __init__(self, url: sa.URL) -> None:
        if not url.database or url.database == ":memory:" or url.query:
            raise WarehouseError(
                "a SQLite warehouse is a file; write sqlite:///PATH, four slashes for an absolute path"
            )
        super().__init__(url)
        self.path = Path(url.database)
        self.restricted_path = self.path.with_name(f"{self.path.stem}_restricted{self.path.suffix}")
        sa.event.listen(self.engine, "connect", self._attach)
        read_only = url.set(database=f"file:{self.path.absolute()}", query={"mode": "ro", "uri": "true"})
        self._query_engine = self.create_engine(read_only)

    def exists(self) -> bool:
        """A night was published; to ask must not make the file."""
        return self.path.exists() and super().exists()

    def create_engine(self, url: sa.URL, **more: Any) -> sa.Engine:
        """An engine whose transactions begin when we say so; Python's driver would leave DDL and reads out of them."""
        engine = super().create_engine(url, connect_args={"timeout": _WAIT_SECONDS}, **more)
        sa.event.listen(engine, "connect", _leave_transactions_to_us)
        sa.event.listen(engine, "begin", _begin)
        return engine

    @contextmanager
    def querying(self) -> Iterator[sa.Connection]:
        """A read-only connection to the marts alone; the restricted file is not within its reach."""
        with self._query_engine.connect() as connection:
            yield connection

    def _attach(self, connection: sqlite3.Connection, _record: object) -> None:
        if not self.restricted_path.exists():
            os.close(os.open(self.restricted_path, os.O_CREAT, 0o600))
        connection.execute(f"ATTACH ? AS {RESTRICTED_SCHEMA}", (str(self.restricted_path),))
        # Nothing reaches the files before the commit, so that readers wait for the commit alone.
        connection.execute("PRAGMA cache_spill = OFF")


def _leave_transactions_to_us(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
