"""SQLAlchemy tables derived from the contracts, one schema for analysts and one for data stewards.

Types, nullability and keys come from dataframely; it drops descriptions, so comments are added here.
"""

from __future__ import annotations

import inspect
from functools import cache

import dataframely as dy
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from transforms.contracts import MARTS, RESTRICTED

MARTS_SCHEMA = "marts"
RESTRICTED_SCHEMA = "restricted"
SCHEMAS: dict[str, dict[str, type[dy.Schema]]] = {MARTS_SCHEMA: MARTS, RESTRICTED_SCHEMA: RESTRICTED}


@cache
def metadata() -> sa.MetaData:
    """Every table of both schemas, with table and column comments."""
    collected = sa.MetaData()
    for schema, contracts in SCHEMAS.items():
        for name, contract in contracts.items():
            sa.Table(name, collected, *_columns(contract), schema=schema, comment=table_comment(contract))
    return collected


def tables_of(schema: str) -> list[sa.Table]:
    """The tables of one schema, in the order of the contracts."""
    return [metadata().tables[f"{schema}.{name}"] for name in SCHEMAS[schema]]


def table_comment(contract: type[dy.Schema]) -> str:
    """What one row of the table is: the contract's docstring in one line."""
    return " ".join((inspect.getdoc(contract) or "").split())


def column_comment(column: dy.Column) -> str:
    """The column's description, followed by its unit where it has one."""
    unit = column_unit(column)
    return f"{column.description} Unit: {unit}." if unit else str(column.description)


def column_unit(column: dy.Column) -> str | None:
    """Unit of a column, or None for one that has none."""
    unit = (column.metadata or {}).get("unit")
    return str(unit) if unit else None


def _columns(contract: type[dy.Schema]) -> list[sa.Column[object]]:
    # The dialect matters to dataframely for SQL Server only; the types are generic.
    columns = contract.to_sqlalchemy_columns(postgresql.dialect())  # type: ignore[no-untyped-call]
    for column in columns:
        if isinstance(column.type, sa.String):
            # A length guards nothing the contract does not, and a longer code would be a migration under every view.
            column.type = sa.String()
        column.comment = column_comment(contract.columns()[column.name])
    return columns
