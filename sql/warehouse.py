"""The warehouse as the pipeline sees it: stage a complete copy, let it be judged, publish it at once, read it.

What differs between engines lies beside this file (`duckdb_file`); here is what all of them promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

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
    def stage(self, marts: Mapping[str, pl.DataFrame], restricted: Mapping[str, pl.DataFrame]) -> None:
        """Write a complete successor that no reader sees, replacing an earlier one.

        Frames have the shape of their contract; a table that is left out is staged empty.
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
    def read(self, table: str) -> pl.DataFrame:
        """A published table of either schema, or a view, in key order where it has a key."""

    @abstractmethod
    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pl.DataFrame:
        """Answer of a read-only query; unqualified names are those of schema `marts`.

        Raises QueryError for a query that is wrong or tries to write.
        """

    def hashes(self) -> dict[str, str]:
        """SHA-256 of every published table's content, by name, without run_id, as_of and what describes runs."""
        return {
            table: table_hash(self.read(table), contract)
            for contracts in SCHEMAS.values()
            for table, contract in contracts.items()
            if table not in UNHASHED_TABLES
        }


def open_warehouse(url: str) -> Warehouse:
    """The warehouse at a SQLAlchemy URL, such as `duckdb:///var/warehouse.duckdb`. Opens nothing yet.

    Raises WarehouseError for a URL that is malformed or of another engine.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise WarehouseError("the warehouse URL is not a URL; write it like duckdb:///var/warehouse.duckdb") from None
    if parsed.get_backend_name() != "duckdb":
        raise WarehouseError(
            f"warehouse {parsed.render_as_string(hide_password=True)}: engine {parsed.get_backend_name()} is not "
            "supported; use duckdb:///PATH"
        )
    # Imported here so that a warehouse on another engine does not load DuckDB.
    from sql.duckdb_file import DuckDbFile  # noqa: PLC0415

    return DuckDbFile.from_url(parsed)
