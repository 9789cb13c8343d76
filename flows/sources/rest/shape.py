"""The shape of a record: which of its fields are read. Every value is read as text, exactly as it is written."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

Shape = Mapping[str, Any]  # field -> TEXT, a nested shape, or a list of one of them: [TEXT], [{...}]
TEXT = pl.String


def schema_of(shape: Shape) -> pl.Schema:
    """The columns of a frame of records."""
    return pl.Schema({name: _dtype(inner) for name, inner in shape.items()})


def _dtype(shape: Any) -> pl.DataType:
    if isinstance(shape, Mapping):
        return pl.Struct({name: _dtype(inner) for name, inner in shape.items()})
    return pl.List(_dtype(shape[0])) if isinstance(shape, list) else pl.String()


def records_in(payload: bytes, place: str, shape: Shape) -> pl.DataFrame:
    """The records (or the one) at the dotted `place` of a JSON document, one column per field of `shape`, as text.

    Whole numbers keep their digits, however many; a field that is missing or null is null. One that is not what the
    shape says is made so where that loses nothing (a number for a text, one for a list of one) and null otherwise;
    an object where a text is expected is its JSON. Raises ValueError for what is not JSON.
    """
    schema = schema_of(shape)
    try:
        return _quickly(payload, place, schema)
    except pl.exceptions.PolarsError:
        # A record is not of the declared shape, or a number is longer than 64 bits: read each value by itself.
        return _exactly(payload, place, shape, schema)


def _quickly(payload: bytes, place: str, schema: pl.Schema) -> pl.DataFrame:
    document: pl.DataType = pl.List(pl.Struct(schema))
    parts = place.split(".") if place else []
    for part in reversed(parts):
        document = pl.Struct({part: document})
    decoded = pl.Series("records", [payload.decode()]).str.json_decode(document)
    for part in parts:
        decoded = decoded.struct.field(part)
    records = decoded.explode(empty_as_null=False, keep_nulls=False)
    return records.rename("records").struct.unnest() if records.len() else schema.to_frame()


def _exactly(payload: bytes, place: str, shape: Shape, schema: pl.Schema) -> pl.DataFrame:
    records: Any = json.load(io.BytesIO(payload), parse_int=str, parse_float=str)
    for part in place.split(".") if place else ():
        records = records.get(part) if isinstance(records, dict) else None
    records = [records] if isinstance(records, dict) else records
    rows = [_shaped(record, shape) for record in records] if isinstance(records, list) else []
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shaped(value: Any, shape: Any) -> Any:
    if isinstance(shape, Mapping):
        record = value if isinstance(value, dict) else {}
        return {name: _shaped(record.get(name), inner) for name, inner in shape.items()}
    if isinstance(shape, list):
        values = value if isinstance(value, list) else [] if value is None else [value]
        return [_shaped(one, shape[0]) for one in values]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | None) else json.dumps(value, ensure_ascii=False)


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Structs as columns with dotted names, lists of texts joined by commas; other lists as JSON."""
    while structs := [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Struct)]:
        frame = frame.with_columns(
            pl.col(name).struct.rename_fields([f"{name}.{inner.name}" for inner in frame.schema[name].fields])  # type: ignore[attr-defined]
            for name in structs
        ).unnest(structs)
    return frame.with_columns(
        _joined(name, dtype) for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)
    )


def _joined(name: str, dtype: pl.List) -> pl.Expr:
    if dtype.inner == pl.String:
        return pl.col(name).list.join(",", ignore_nulls=True)
    as_struct = pl.struct(pl.col(name).alias("values")).struct.json_encode()
    return pl.when(pl.col(name).is_not_null()).then(as_struct).alias(name)
