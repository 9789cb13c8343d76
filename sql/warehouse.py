"""The warehouse as the pipeline sees it: stage a complete copy, let it be judged, publish it at once, read it.

What differs between engines lies beside this file (`duckdb_file`, `postgres`, `sqlite_file`, and `engine_warehouse`
for any other); here is what all of them promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping

import polars as pl
import sqlalchemy as sa

from sql.changed_rows import Load
from sql.errors import QueryError, WarehouseError
from sql.table_hash import UNHASHED_TABLES, table_hash
from sql.tables import SCHEMAS

__all__ = ["QueryError", "Warehouse", "WarehouseError", "open_warehouse"]


class Warehouse(ABC):
    """A published set of tables and views, and at most one staged successor. Every method raises WarehouseError."""

    @abstractmethod
    def exists(self) -> bool:
        """Something was published."""

    @abstractmethod
    def stage(self, marts: Mapping[str, pl.DataFrame], restricted: Mapping[str, Load]) -> None:
        """Write a complete successor that no reader sees, replacing an earlier one.

        Frames have the shape of their contract; a table that is left out is staged empty. The last run of `meta_run`
        is the one that publishes.
        """

    @abstractmethod
    def read_staged(self, table: str) -> pl.DataFrame:
        """A table or view of the staged successor."""

    @abstractmethod
    def publish(self) -> None:
        """Make the staged successor the warehouse, at once; readers keep what they have open."""

    @abstractmethod
    def discard(self) -> None:
        """Throw the staged successor away; the published tables stay as they are."""

    @abstractmethod
    def read_together(self, tables: Iterable[str]) -> Iterator[tuple[str, pl.DataFrame]]:
        """Published tables of either schema, or views, all as of one moment; in key order where they have a key."""

    @abstractmethod
    def query(self, sql: str) -> pl.DataFrame:
        """Answer of a read-only query; unqualified names are those of schema `marts`.

        Raises QueryError for a query that is wrong or tries to write.
        """

    def check(self) -> None:  # noqa: B027 - most engines need no preparation
        """Examine whether a night could publish here; the error says what to do first."""

    def upgrade(self) -> list[str]:
        """Bring the tables of a shared warehouse to this version; names of the steps taken, oldest first."""
        return []

    def grant_roles(self) -> None:
        """Create the roles of writers, readers and stewards, and grant each what it may do."""
        raise WarehouseError("this warehouse has no roles; a file is protected by its owner and mode")

    def read(self, table: str) -> pl.DataFrame:
        """A published table of either schema, or a view."""
        return dict(self.read_together([table]))[table]

    def hashes(self) -> dict[str, str]:
        """SHA-256 of every published table's content, by name, without run_id, as_of and what describes runs."""
        contracts = {name: contract for schema in SCHEMAS.values() for name, contract in schema.items()}
        hashed = [name for name in contracts if name not in UNHASHED_TABLES]
        found = {name: table_hash(frame, contracts[name]) for name, frame in self.read_together(hashed)}
        return {name: found[name] for name in hashed}


def open_warehouse(url: str) -> Warehouse:
    """The warehouse at a SQLAlchemy URL, such as `duckdb:///var/warehouse.duckdb`. Opens nothing yet.

    Raises WarehouseError for a URL that is malformed, or of an engine whose driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise WarehouseError("the warehouse URL is not a URL; write it like duckdb:///var/warehouse.duckdb") from None
    # Imported here so that a warehouse on one engine does not load the others.
    match parsed.get_backend_name():
        case "duckdb":
            from sql.duckdb_file import DuckDbFile  # noqa: PLC0415

            return DuckDbFile.from_url(parsed)
        case "postgresql":
            from sql.postgres import Postgres  # noqa: PLC0415

            return Postgres(parsed)
        case "sqlite":
            from sql.sqlite_file import SqliteFile  # noqa: PLC0415

            return SqliteFile(parsed)
        case _:
            from sql.engine_warehouse import EngineWarehouse  # noqa: PLC0415

            return EngineWarehouse(parsed)
