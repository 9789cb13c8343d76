"""A warehouse in DuckDB files, published by swap.

DuckDB allows one writing process or many readers. Here nobody ever writes to a published file: a complete successor
is built beside it and takes its name by `os.replace`, so a reader keeps its snapshot, a new reader sees the new file,
and neither waits for the other. Data stewards' tables lie in a second file, `<name>_restricted.duckdb`, mode 0600.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
from sqlalchemy.engine import URL

from sql.changed_rows import ChangedRows, Load, whole
from sql.conform import loads_of
from sql.duckdb_build import build
from sql.duckdb_change import changed
from sql.duckdb_read import reading, run_query
from sql.duckdb_trouble import storage_trouble
from sql.errors import WarehouseError
from sql.places import place_of
from sql.tables import MARTS_SCHEMA, RESTRICTED_SCHEMA
from sql.warehouse import Warehouse

_BUILDING, _STAGED = ".building", ".staging"


class DuckDbFile(Warehouse):
    """A warehouse at a local path; see `Warehouse` for what it does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.restricted_path = path.with_name(f"{path.stem}_restricted{path.suffix}")
        self._paths = {RESTRICTED_SCHEMA: self.restricted_path, MARTS_SCHEMA: self.path}

    @classmethod
    def from_url(cls, url: URL) -> DuckDbFile:
        """The warehouse at `duckdb:///PATH`. Raises WarehouseError for a URL that names no local file."""
        database = url.database or ""
        if url.host or url.query or not database or database.startswith((":memory:", "md:", "motherduck:")):
            raise WarehouseError(
                f"warehouse {url.render_as_string(hide_password=True)}: a DuckDB warehouse is a file; "
                "write duckdb:///PATH, with four slashes for an absolute path"
            )
        return cls(Path(database))

    def exists(self) -> bool:
        """The published file is there."""
        return self.path.exists()

    def stage(self, marts: Mapping[str, pl.DataFrame], restricted: Mapping[str, Load]) -> None:
        """Write both files under another name; they are called staged only when both are complete.

        They are built anew, or, where the night knows of a large table only the rows that changed, copied and changed.
        """
        loads = loads_of(marts, restricted)
        is_change = any(isinstance(load, ChangedRows) for load in restricted.values())
        run_id = next(iter(marts["meta_run"]["run_id"].tail(1)), None) if "meta_run" in marts else None
        self.discard()
        try:
            with storage_trouble(self.path, "write"):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                for schema, of_schema in loads.items():
                    path = _beside(self._paths[schema], _BUILDING)
                    private, published = schema == RESTRICTED_SCHEMA, self._paths[schema]
                    if is_change and changed(published, path, schema, of_schema, is_private=private, run_id=run_id):
                        continue
                    frames = {table: whole(load) for table, load in of_schema.items()}
                    build(path, schema, frames, is_private=private, run_id=run_id)
                for path in self._paths.values():
                    _flush(_beside(path, _BUILDING))
                    _beside(path, _BUILDING).replace(_beside(path, _STAGED))
        except WarehouseError:
            self.discard()
            raise

    def read_staged(self, table: str) -> pl.DataFrame:
        """A table or view of the staged files."""
        self._require_staged()
        schema, _ = place_of(table)
        return next(_read(_beside(self._paths[schema], _STAGED), schema, [table]))[1]

    def publish(self) -> None:
        """Rename both staged files, the restricted one first.

        A kill between the two leaves new restricted tables beside old marts; staging and publishing again mends it.
        """
        self._require_staged()
        with storage_trouble(self.path, "publish"):
            for path in self._paths.values():
                # Left by somebody who opened the old file for writing; it would be applied to the new one.
                _beside(path, ".wal").unlink(missing_ok=True)
                _beside(path, _STAGED).replace(path)
            _flush(self.path.parent)

    def discard(self) -> None:
        """Remove staged and half-built files, also those a killed run left."""
        with storage_trouble(self.path, "clear"):
            for path in self._paths.values():
                for suffix in (_BUILDING, _STAGED):
                    for rest in ("", ".wal"):
                        _beside(path, suffix + rest).unlink(missing_ok=True)
                    shutil.rmtree(_beside(path, suffix + ".tmp"), ignore_errors=True)

    def read_together(self, tables: Iterable[str]) -> Iterator[tuple[str, pl.DataFrame]]:
        """Published tables and views; those of one schema as of one moment, for they are read from one file."""
        self._require_published()
        wanted = [(name, place_of(name)[0]) for name in tables]
        for schema, path in self._paths.items():
            yield from _read(path, schema, [name for name, owner in wanted if owner == schema])

    def query(self, sql: str) -> pl.DataFrame:
        """Answer of a read-only query over schema `marts`; the restricted file is not within its reach."""
        self._require_published()
        return run_query(self.path, sql)

    def _require_staged(self) -> None:
        missing = [path for path in self._paths.values() if not _beside(path, _STAGED).exists()]
        if missing:
            raise WarehouseError(f"warehouse {self.path}: nothing is staged; stage the tables before publishing them")

    def _require_published(self) -> None:
        if not self.path.exists():
            raise WarehouseError(f"warehouse {self.path} does not exist; run `culture-kpis run` to build it")


def _read(path: Path, schema: str, tables: Sequence[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    if not tables:
        return
    with storage_trouble(path, "read"), reading(path, schema) as connection:
        for table in tables:
            ordered = ", ".join(f'"{name}"' for name in place_of(table)[1])
            yield table, connection.execute(f'SELECT * FROM {schema}."{table}" ORDER BY {ordered}').pl()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _flush(path: Path) -> None:
    """Have the disk hold the file's (or folder's) content before anything depends on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
