"""A warehouse in PostgreSQL (14 or newer): bulk loads by COPY, one transaction a night, tables made by migrations.

No statement of a night takes a lock that a reader waits for: rows are inserted and deleted, tables stay what they are,
with their grants and whatever analysts built on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import polars as pl
import psycopg
import sqlalchemy as sa
from psycopg.types.numeric import FloatLoader
from psycopg.types.string import TextLoader

from sql.engine_warehouse import EngineWarehouse
from sql.errors import WarehouseError
from sql.migrate import PUBLISHING_LOCK, require_head, upgrade
from sql.roles import READER, WRITER, grant
from sql.tables import MARTS_SCHEMA

_ROWS_AT_ONCE = 50_000
# A dead peer is noticed within a minute, at either end, instead of the two hours of most systems; a night that died
# with its machine is gone before the next one, which waits longer than that, gives up.
_CONNECTION = {
    "connect_timeout": 10,
    "application_name": "culture-kpis",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
NIGHT = """
    SET LOCAL work_mem = '64MB';
    SET LOCAL lock_timeout = '120s';
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL client_connection_check_interval = '10s';
    SET LOCAL tcp_keepalives_idle = 30;
    SET LOCAL tcp_keepalives_interval = 10;
    SET LOCAL tcp_keepalives_count = 3;
"""


class Postgres(EngineWarehouse):
    """A warehouse at `postgresql://USER@HOST/DATABASE`; see `Warehouse` for what it does."""

    joins_by_index: ClassVar[bool] = False  # it hashes; an index would only slow the load

    def create_engine(self, url: sa.URL, **more: Any) -> sa.Engine:
        """psycopg 3, whatever driver the URL names; what the URL says of the connection wins over our defaults."""
        settings = {name: value for name, value in _CONNECTION.items() if name not in url.query}
        engine = super().create_engine(url.set(drivername="postgresql+psycopg"), connect_args=settings, **more)
        sa.event.listen(engine, "connect", _speak_plainly)
        return engine

    def check(self) -> None:
        """The server answers, its tables are of this version, and this role may write them."""
        with self.trouble("reach"), self.reading() as connection:
            require_head(connection, self.address)
            if connection.scalar(sa.select(sa.func.pg_is_in_recovery())):
                raise WarehouseError(
                    f"warehouse {self.address}: it is a standby, to which nobody writes; name the primary"
                )
            if not connection.scalar(sa.select(_may_write())):
                raise WarehouseError(
                    f"warehouse {self.address}: this role may only read; `GRANT {WRITER} TO` it, or name another user"
                )

    def upgrade(self) -> list[str]:
        """Migrate tables to this version, and renew comments and views, in one transaction."""
        with self.trouble("upgrade"), self.engine.begin() as connection:
            return upgrade(connection)

    def grant_roles(self) -> None:
        """Run `sql/roles.sql`."""
        with self.trouble("grant"), self.engine.begin() as connection:
            require_head(connection, self.address)
            grant(connection)

    def prepare(self, connection: sa.Connection) -> None:
        """Wait for nobody but another night; tables are not made here but by `upgrade`."""
        connection.exec_driver_sql(NIGHT)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PUBLISHING_LOCK)))
        require_head(connection, self.address)

    def load(self, connection: sa.Connection, incoming: sa.Table, frame: pl.DataFrame) -> None:
        """COPY, then statistics, without which the comparison of a large table would be planned as one of a small."""
        with _driver(connection).cursor().copy(f"COPY {incoming.name} FROM STDIN (FORMAT csv)") as copy:
            for rows in frame.iter_slices(_ROWS_AT_ONCE):
                # Quotes tell an empty text from a missing one.
                copy.write(rows.write_csv(include_header=False, quote_style="non_numeric"))
        connection.exec_driver_sql(f"ANALYZE {incoming.name}")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One snapshot for all statements, read-only."""
        with self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def querying(self) -> Iterator[sa.Connection]:
        """In schema `marts`, one statement at a time; who may write asks in the readers' role, others in their own."""
        with self.reading() as connection:
            connection.exec_driver_sql(f"SET LOCAL search_path = {MARTS_SCHEMA}")
            steps_down = sa.select(sa.func.pg_has_role(READER, "MEMBER") & _may_write()).where(_is_role(READER))
            if connection.scalar(steps_down):
                connection.exec_driver_sql(f"SET LOCAL ROLE {READER}")
            # The server refuses to prepare several statements, so none can end the read-only transaction for the next.
            _driver(connection).prepare_threshold = 0
            yield connection

    @contextmanager
    def trouble(self, doing: str) -> Iterator[None]:
        """Errors of COPY come from the driver itself; they are told like the others."""
        with super().trouble(doing):
            try:
                yield
            except psycopg.Error as error:
                raise sa.exc.DBAPIError("COPY", None, error) from None


def _may_write() -> sa.ColumnElement[bool]:
    cells = f"{MARTS_SCHEMA}.fct_kpi_value"
    return sa.func.has_table_privilege(cells, "INSERT") & sa.func.has_table_privilege(cells, "DELETE")


def _is_role(name: str) -> sa.ColumnElement[bool]:
    roles = sa.table("pg_roles", sa.column("rolname"))
    return sa.exists(sa.select(roles).where(roles.c.rolname == name))


def _driver(connection: sa.Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def _speak_plainly(connection: psycopg.Connection[Any], _record: object) -> None:
    """Times in UTC, decimals as numbers, and as text what a frame has no type for."""
    connection.prepare_threshold = None  # a connection pooler between us would not know our prepared statements
    connection.adapters.register_loader("numeric", FloatLoader)
    for name in ("uuid", "json", "jsonb", "inet", "cidr"):
        connection.adapters.register_loader(name, TextLoader)
    with connection.transaction():
        connection.execute("SET TIME ZONE 'UTC'")
