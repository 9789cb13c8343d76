"""Makes a table equal to its successor by writing only the rows that differ.

Within one transaction, on any engine: the successor lies in a temporary table of the session, so a reader keeps
seeing the old rows, no table is locked against reading, and a session that dies leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa


def temporary_table(name: str, of: sa.Table, columns: Sequence[str], *, is_indexed: bool) -> sa.Table:
    """A temporary table of some columns of another one; indexed by what it has of its key where the engine needs it."""
    taken = (of.columns[column] for column in columns)
    made = (sa.Column(c.name, c.type, primary_key=c.primary_key and is_indexed, nullable=c.nullable) for c in taken)
    return sa.Table(f"{name}_{of.name}", sa.MetaData(), *made, prefixes=["TEMPORARY"])


def replace_rows(connection: sa.Connection, table: sa.Table, incoming: sa.Table, named: sa.Table | None = None) -> None:
    """Delete the rows of `table` that `incoming` does not have, and insert those that only `incoming` has.

    A row that differs in any column is another row. Equal rows are not touched: they cost no write, and keep their
    place in the table. With `named`, some columns with distinct values, `incoming` says only what becomes of the rows
    that have such values; the others stay.
    """
    same_key = sa.and_(*(table.c[column.name] == incoming.c[column.name] for column in table.primary_key))
    rest = (column.name for column in table.columns if not column.primary_key)
    same_row = sa.and_(same_key, *(table.c[name].is_not_distinct_from(incoming.c[name]) for name in rest))
    gone = ~sa.exists().where(same_row)
    if named is not None:
        gone &= sa.exists().where(*(table.c[column.name] == column for column in named.columns))
    connection.execute(sa.delete(table).where(gone))
    missing = sa.select(incoming).where(~sa.exists().where(same_key))
    connection.execute(sa.insert(table).from_select(list(incoming.columns.keys()), missing))
