"""A warehouse in any database SQLAlchemy speaks to, published by commit.

The successor is written in one open transaction: `stage` makes the changes, `publish` commits them, `discard` rolls
them back, and a run that dies is rolled back by the database. Readers see the last commit, whole, all the while.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import polars as pl
import sqlalchemy as sa

from sql.address import masked
from sql.changed_rows import ChangedRows, Load, whole
from sql.conform import loads_of
from sql.engine_trouble import engine_trouble, query_trouble
from sql.errors import WarehouseError
from sql.places import place_of
from sql.replace_rows import replace_rows, temporary_table
from sql.tables import MARTS_SCHEMA, SCHEMAS, metadata, tables_of
from sql.view_files import views
from sql.warehouse import Warehouse

_ROWS_AT_ONCE = 20_000


class EngineWarehouse(Warehouse):
    """A warehouse at a SQLAlchemy URL; see `Warehouse` for what it does.

    Raises WarehouseError when no driver for the URL is installed.
    """

    # Names of the schemas in the database, where it has none for one of ours.
    schema_names: ClassVar[dict[str, str | None]] = {}
    joins_by_index: ClassVar[bool] = True

    def __init__(self, url: sa.URL) -> None:
        self.address = masked(url)
        try:
            self.engine = self.create_engine(url)
        except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
            raise WarehouseError(f"warehouse {self.address}: no driver is installed for it ({error})") from None
        self._staged: sa.Connection | None = None

    def exists(self) -> bool:
        """A night was published."""
        runs = metadata().tables[f"{MARTS_SCHEMA}.meta_run"]
        with self.trouble("read"), self.reading() as connection:
            if not sa.inspect(connection).has_table(runs.name, schema=self.schema_names.get(MARTS_SCHEMA, runs.schema)):
                return False
            return bool(connection.scalar(sa.select(sa.exists().select_from(runs))))

    def stage(self, marts: Mapping[str, pl.DataFrame], restricted: Mapping[str, Load]) -> None:
        """Write what differs into the tables, in a transaction that stays open."""
        loads = loads_of(marts, restricted)
        self.discard()
        try:
            with self.trouble("write"):
                self._staged = self.engine.connect()
                self.prepare(self._staged)
                run_id = _published_by(self._staged)
                for schema, frames in loads.items():
                    for table in tables_of(schema):
                        self._make_equal(self._staged, table, frames[table.name], run_id)
        except BaseException:
            self.discard()
            raise

    def read_staged(self, table: str) -> pl.DataFrame:
        """A table or view as the open transaction sees it."""
        connection = self._require_staged()
        with self.trouble("read"):
            return _read(connection, table)

    def publish(self) -> None:
        """Commit."""
        connection = self._require_staged()
        try:
            with self.trouble("publish"):
                connection.commit()
        finally:
            self.discard()

    def discard(self) -> None:
        """Close the connection, at which the database rolls back what was not committed."""
        staged, self._staged = self._staged, None
        if staged is not None:
            # Not `rollback`, which would fail on a connection that is already lost.
            staged.invalidate()
            staged.close()

    def read_together(self, tables: Iterable[str]) -> Iterator[tuple[str, pl.DataFrame]]:
        """Published tables and views, as one transaction sees them."""
        self._require_published()
        with self.trouble("read"), self.reading() as connection:
            for table in tables:
                yield table, _read(connection, table)

    def query(self, sql: str) -> pl.DataFrame:
        """Answer of a query; whatever it did is rolled back."""
        self._require_published()
        with self.trouble("read"), self.querying() as connection, query_trouble():
            result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            return _frame(result) if result.returns_rows else pl.DataFrame()

    def create_engine(self, url: sa.URL, **more: Any) -> sa.Engine:
        """The engine at `url`: a connection for each use, and no row in an error's text."""
        engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, **more)
        return engine.execution_options(schema_translate_map=self.schema_names)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def querying(self) -> Iterator[sa.Connection]:
        """A connection for a person's query, as far as the engine can keep it from writing."""
        with self.reading() as connection:
            yield connection

    def prepare(self, connection: sa.Connection) -> None:
        """Create what is missing, in the night's transaction. Raises WarehouseError for tables of another shape."""
        for schema in SCHEMAS:
            if schema not in self.schema_names and not sa.inspect(connection).has_schema(schema):
                connection.execute(sa.schema.CreateSchema(schema))
        metadata().create_all(connection)
        for table in metadata().sorted_tables:
            place = self.schema_names.get(str(table.schema), table.schema)
            found = {column["name"] for column in sa.inspect(connection).get_columns(table.name, schema=place)}
            if found != set(table.columns.keys()):
                raise WarehouseError(
                    f"warehouse {self.address}: table {table.name} is of another version; drop the warehouse's "
                    "tables, the next run builds them anew"
                )
        self._create_views(connection)

    def load(self, connection: sa.Connection, incoming: sa.Table, frame: pl.DataFrame) -> None:
        """Fill the empty table with the frame's rows."""
        for rows in frame.iter_slices(_ROWS_AT_ONCE):
            if not rows.is_empty():
                connection.execute(sa.insert(incoming), rows.to_dicts())

    @contextmanager
    def trouble(self, doing: str) -> Iterator[None]:
        """Errors of the database become WarehouseError, one line that names it and what was being done."""
        with engine_trouble(self.address, doing):
            yield

    def _make_equal(self, connection: sa.Connection, table: sa.Table, load: Load, run_id: str | None) -> None:
        """Bring a table that run `run_id` published to its successor; of few changed rows only these are loaded."""
        if isinstance(load, ChangedRows) and load.since == run_id:
            frames = {"incoming": load.rows, "named": load.keys}
        else:
            frames = {"incoming": whole(load)}
        temporary = {
            name: temporary_table(name, table, frame.columns, is_indexed=self.joins_by_index)
            for name, frame in frames.items()
        }
        for name, held in temporary.items():
            held.create(connection)
            self.load(connection, held, frames[name])
        replace_rows(connection, table, **temporary)
        for held in temporary.values():
            held.drop(connection)

    def _create_views(self, connection: sa.Connection) -> None:
        prefix = "" if MARTS_SCHEMA in self.schema_names else f"{MARTS_SCHEMA}."
        for view in reversed(views()):
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {prefix}{view.name}")
        for view in views():
            statement = view.statement.replace(f"{MARTS_SCHEMA}.", prefix)
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})

    def _require_published(self) -> None:
        if not self.exists():
            raise WarehouseError(f"warehouse {self.address} does not exist; run `culture-kpis run` to build it")

    def _require_staged(self) -> sa.Connection:
        if self._staged is None:
            raise WarehouseError(
                f"warehouse {self.address}: nothing is staged; stage the tables before publishing them"
            )
        return self._staged


def _published_by(connection: sa.Connection) -> str | None:
    """The run that published what the tables hold."""
    runs = metadata().tables[f"{MARTS_SCHEMA}.meta_run"]
    newest = sa.select(runs.c.run_id).where(runs.c.outcome == "succeeded").order_by(runs.c.started_at.desc()).limit(1)
    found = connection.scalar(newest)
    return None if found is None else str(found)


def _frame(result: sa.CursorResult[Any]) -> pl.DataFrame:
    """A result in the types its values have. Raises polars.exceptions.PolarsError."""
    return pl.DataFrame(_tuples(result), schema=list(result.keys()), orient="row", infer_schema_length=None)


def _tuples(result: sa.CursorResult[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in result]


def _read(connection: sa.Connection, name: str) -> pl.DataFrame:
    """A table or view, ordered here: databases order text by rules of their own."""
    schema, order = place_of(name)
    if name in SCHEMAS[schema]:
        result = connection.execute(sa.select(metadata().tables[f"{schema}.{name}"]))
        types = {column: declared.dtype for column, declared in SCHEMAS[schema][name].columns().items()}
        frame = pl.DataFrame(_tuples(result), schema=types, orient="row")
    else:
        view = sa.Table(name, sa.MetaData(), schema=schema)
        frame = _frame(connection.execute(sa.select(sa.text("*")).select_from(view)))
    return frame.sort(order)
