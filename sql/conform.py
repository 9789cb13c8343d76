"""Brings a frame to the shape of its contract before it is loaded; what does not fit is an error, never a repair.

Great Expectations judges values; here only what a table cannot hold at all is refused. Messages count rows and never
quote a value: a key may name a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import dataframely as dy
import polars as pl

from sql.changed_rows import ChangedRows, Load
from sql.errors import WarehouseError
from sql.tables import MARTS_SCHEMA, RESTRICTED_SCHEMA, SCHEMAS


def loads_of(marts: Mapping[str, Load], restricted: Mapping[str, Load]) -> dict[str, dict[str, Load]]:
    """Every table of both schemas in the shape of its contract, in the order in which they are written.

    Of a table of which only changed rows are known these are, and the complete one when it is asked for.

    Raises WarehouseError, as `complete` does.
    """
    return {RESTRICTED_SCHEMA: complete(RESTRICTED_SCHEMA, restricted), MARTS_SCHEMA: complete(MARTS_SCHEMA, marts)}


def complete(schema: str, frames: Mapping[str, Load]) -> dict[str, Load]:
    """Every table of `schema` in the shape of its contract; a table that is not in `frames` is empty.

    Raises WarehouseError for a table the schema does not have, and what `conform` raises.
    """
    contracts = SCHEMAS[schema]
    unknown = sorted(set(frames) - set(contracts))
    if unknown:
        raise WarehouseError(f"schema {schema} has no table {', '.join(unknown)}; tables are {', '.join(contracts)}")
    return {
        name: _conform(name, frames[name], contract) if name in frames else contract.create_empty()
        for name, contract in contracts.items()
    }


def _conform(table: str, load: Load, contract: type[dy.Schema]) -> Load:
    if not isinstance(load, ChangedRows):
        return conform(table, load, contract)
    rows = conform(table, load.rows, contract)
    return replace(load, rows=rows, whole=lambda: conform(table, load.whole(), contract))


def conform(table: str, frame: pl.DataFrame, contract: type[dy.Schema]) -> pl.DataFrame:
    """The contract's columns of `frame`, in its order and types; further columns are left out.

    Raises WarehouseError for a missing column, a type that does not fit, a null where none is allowed, or a
    repeated key.
    """
    missing = [name for name in contract.column_names() if name not in frame.columns]
    if missing:
        raise WarehouseError(f"table {table}: columns {', '.join(missing)} are missing")
    try:
        shaped = frame.select(pl.col(name).cast(column.dtype) for name, column in contract.columns().items())
    except pl.exceptions.PolarsError:
        wrong = [
            f"{name} is {frame.schema[name]}, not {column.dtype}"
            for name, column in contract.columns().items()
            if frame.schema[name] != column.dtype
        ]
        raise WarehouseError(f"table {table}: types do not fit the contract: {'; '.join(wrong)}") from None
    required = [name for name, column in contract.columns().items() if not column.nullable]
    empty = {name: shaped.get_column(name).null_count() for name in required}
    if any(empty.values()):
        said = ", ".join(f"{name} in {count} rows" for name, count in empty.items() if count)
        raise WarehouseError(f"table {table}: null where the contract allows none: {said}")
    repeated = shaped.height - shaped.n_unique(contract.primary_key()) if shaped.height else 0
    if repeated:
        raise WarehouseError(f"table {table}: {repeated} rows repeat the key {', '.join(contract.primary_key())}")
    return shaped
