"""Makes a table equal to its successor by writing only the rows that differ.

Within one transaction, on any engine: the successor lies in a temporary table of the session, so a reader keeps
seeing the old rows, no table is locked against reading, and a session that dies leaves nothing behind.
"""

from __future__ import annotations

import sqlalchemy as sa


def incoming_table(table: sa.Table, *, is_indexed: bool) -> sa.Table:
    """A temporary table of the same columns for the successor's rows, indexed by the key where the engine needs it."""
    columns = (
        sa.Column(c.name, c.type, primary_key=c.primary_key and is_indexed, nullable=c.nullable) for c in table.columns
    )
    return sa.Table(f"incoming_{table.name}", sa.MetaData(), *columns, prefixes=["TEMPORARY"])


def replace_rows(connection: sa.Connection, table: sa.Table, incoming: sa.Table) -> None:
    """Delete the rows of `table` that `incoming` does not have, and insert those that only `incoming` has.

    A row that differs in any column is another row. Equal rows are not touched: they cost no write, and keep their
    place in the table.
    """
    same_key = sa.and_(*(table.c[column.name] == incoming.c[column.name] for column in table.primary_key))
    rest = (column.name for column in table.columns if not column.primary_key)
    same_row = sa.and_(same_key, *(table.c[name].is_not_distinct_from(incoming.c[name]) for name in rest))
    connection.execute(sa.delete(table).where(~sa.exists().where(same_row)))
    missing = sa.select(incoming).where(~sa.exists().where(same_key))
    connection.execute(sa.insert(table).from_select(list(incoming.columns.keys()), missing))
