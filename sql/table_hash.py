"""A fingerprint of a table that depends on its content only: not on the run, the row order or the engine."""

from __future__ import annotations

import hashlib

import dataframely as dy
import polars as pl

# Belong to the run that first wrote a row version, not to what the row says.
RUN_COLUMNS = ("run_id", "as_of")
# Describe runs and nothing else.
UNHASHED_TABLES = ("meta_run", "meta_backfill")
_SLICE = 50_000


def table_hash(frame: pl.DataFrame, contract: type[dy.Schema]) -> str:
    """SHA-256 of the distinct rows of `frame`, sorted by key, without run_id and as_of; 64 hexadecimal digits.

    Each value is written as text that no library version can change: integers, days and microseconds since 1970 in
    decimal, floating-point numbers as the integer of their 64 bits, strings after their length in bytes, null as `-`.
    Rows are distinct because a table keyed by run repeats what every run found the same.
    """
    key = [name for name in contract.primary_key() if name not in RUN_COLUMNS]
    names = [*key, *(name for name in contract.column_names() if name not in key and name not in RUN_COLUMNS)]
    digest = hashlib.sha256((",".join(names) + "\n").encode())
    # The key leads each row's text, so sorting the text sorts by key.
    row = pl.concat_str([_encoded(name, frame.schema[name]) for name in names], separator=",")
    rows = frame.lazy().select(row.alias("row")).unique().sort("row").collect().to_series()
    for start in range(0, len(rows), _SLICE):
        digest.update("\n".join([*rows.slice(start, _SLICE), ""]).encode())
    return digest.hexdigest()


def _encoded(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.String:
        text = pl.concat_str(column.str.len_bytes(), pl.lit(":"), column)
    elif dtype.is_float():
        # Engines do not keep -0.0 and 0.0 apart.
        number = pl.when(column == 0).then(0.0).otherwise(column.cast(pl.Float64))
        text = number.reinterpret(dtype=pl.Int64).cast(pl.String)
    elif isinstance(dtype, pl.Datetime):
        text = column.dt.epoch("us").cast(pl.String)
    else:
        text = column.cast(pl.Int64).cast(pl.String)
    return text.fill_null("-")
