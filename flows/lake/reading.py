"""Reads the lake's tables in the shape of their contracts, now or as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import unquote

import dataframely as dy
import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from flows.errors import StorageError
from flows.lake.catalogue import LAKE_TABLES, OF_RUNS
from flows.lake.location import locate
from flows.lake.opened import OpenedTable
from flows.lake.trouble import is_absent, lake_trouble
from flows.lake.upsert import PROVENANCE
from transforms.rows import differing_rows


class _Table(DeltaTable):
    """Names local files as the file system does.

    Delta Lake percent-encodes their folder and Polars takes that literally: a space or an umlaut in the path of a
    lake would make every file missing.
    """

    def file_uris(self, *arguments: Any, **options: Any) -> list[str]:
        """Paths of the files of this version, or their addresses in an object store."""
        root = self.table_uri.removeprefix("file://")
        files = super().file_uris(*arguments, **options)
        return [
            unquote(root) + file.removeprefix(root) if file.startswith("/") and file.startswith(root) else file
            for file in files
        ]


class LakeReader:
    """The tables of one lake, for reading. Names are those of `LAKE_TABLES`; every method raises StorageError.

    With `pins` every table is read at the version they name, and a table they do not name was not written yet; what
    describes runs is read as it is.
    """

    def __init__(self, url: str, pins: Mapping[str, int] | None = None) -> None:
        self.location = locate(url)
        self._pins = pins
        self._opened: dict[str, OpenedTable] = {}
        self._opened_at: dict[tuple[str, int], OpenedTable] = {}

    def at(self, versions: Mapping[str, int]) -> Self:
        """The same lake as it was at these versions of its tables, to be read only."""
        return type(self)(self.location.root, versions)

    def versions(self) -> dict[str, int]:
        """The version of every table that describes more than runs; one that was never written is left out."""
        found = {name: self.version(name) for name in LAKE_TABLES if name not in OF_RUNS}
        return {name: version for name, version in found.items() if version is not None}

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """A table in the shape of its contract, now or as of an earlier `version`; empty where it was never written.

        A column that a contract gained later reads as null in older rows.
        """
        contract = contract_of(table)
        delta = self.open(table, version)
        return contract.create_empty().lazy() if delta is None else in_shape_of(contract, self.scan_opened(delta))

    def read(self, table: str, version: int | None = None) -> pl.DataFrame:
        """The same, collected; a damaged file is a StorageError here and not a Polars error in the caller."""
        with lake_trouble(self.location.table(table)):
            return self.scan(table, version).collect()

    def ask(self, table: str, question: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
        """The answer to a question that needs only part of a table; a damaged file is a StorageError here too."""
        with lake_trouble(self.location.table(table)):
            return question(self.scan(table)).collect()

    def holds_rows(self, table: str) -> bool:
        """Whether the table has any row, as its log says."""
        delta = self.open(table)
        return delta is not None and delta.count() > 0

    def version(self, table: str) -> int | None:
        """Version of a table as it is now; None where it was never written."""
        delta = self.open(table)
        return None if delta is None else delta.version()

    def difference(self, table: str, since: int | None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows of a table that another version does not have, provenance aside: those as they were, those as they are.

        Reads only files that one of the versions has alone. `since` None: the table was not written yet.
        """
        contract = contract_of(table)
        with lake_trouble(self.location.table(table)):
            now = self.open(table)
            then = self.open(table, since) if now and since is not None else None
            files = [set(delta.file_uris()) if delta else set[str]() for delta in (then, now)]
            old, new = (self._rows_of(contract, sorted(mine - other)) for mine, other in (files, files[::-1]))
        compared = [name for name in contract.column_names() if name not in PROVENANCE]
        return differing_rows(old, new, compared)

    def _rows_of(self, contract: type[dy.Schema], files: list[str]) -> pl.DataFrame:
        if not files:
            return contract.create_empty()
        options = self.location.options or None
        stored = pl.scan_parquet(
            files, missing_columns="insert", extra_columns="ignore", storage_options=options, credential_provider=None
        )
        return in_shape_of(contract, stored).collect()

    def open(self, name: str, version: int | None = None) -> DeltaTable | None:
        """The Delta table of that name, whether it has a contract or not; None where it was never written.

        It is for reading: frames rest on it, and a change would move it on.
        """
        if self._pins is not None and version is None and name not in OF_RUNS:
            if name not in self._pins:
                return None
            version = self._pins[name]
        if version is not None:
            return self._open_at(name, version)
        known = self._opened.get(name)
        if known and known.is_newest():
            return known.table
        table = self.open_anew(name)
        if table:
            self.keep_opened(name, table)
        return table

    def keep_opened(self, name: str, table: DeltaTable) -> None:
        """Let a table at its newest version serve readers from here on: whoever gives it away changes it no more."""
        if self.location.folder:
            self._opened[name] = OpenedTable.of(table, self.location.folder / name)

    def _open_at(self, name: str, version: int) -> DeltaTable | None:
        known = self._opened_at.get((name, version))
        if known and known.is_untouched():
            return known.table
        table = self.open_anew(name, version)
        if table and self.location.folder:
            self._opened_at[name, version] = OpenedTable.of(table, self.location.folder / name)
        return table

    def open_anew(self, name: str, version: int | None = None) -> DeltaTable | None:
        """The same as an object of its own, for whoever changes the table; pins do not matter."""
        place = self.location.table(name)
        with lake_trouble(place):
            try:
                return _Table(place, version=version, storage_options=self.location.options)
            except TableNotFoundError as error:
                if version is None and is_absent(error):
                    return None
                raise

    def scan_opened(self, delta: DeltaTable) -> pl.LazyFrame:
        """An opened table as it is stored, at the version it was opened at."""
        # No credential provider: the options come from the environment, the same ones Delta Lake takes.
        return pl.scan_delta(delta, storage_options=self.location.options or None, credential_provider=None)


def in_shape_of(contract: type[dy.Schema], stored: pl.LazyFrame) -> pl.LazyFrame:
    """A stored table's rows with the columns and types of its contract; null where a column is not stored yet."""
    names = stored.collect_schema().names()
    return stored.select(
        (pl.col(name) if name in names else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in contract.columns().items()
    )


def contract_of(table: str) -> type[dy.Schema]:
    """The contract of a lake table. Raises StorageError for a name that has none."""
    if table not in LAKE_TABLES:
        raise StorageError(f"lake: there is no table {table}; tables are {', '.join(LAKE_TABLES)}")
    return LAKE_TABLES[table]
