"""JSON lines: one object per line; numbers as they are written, nested values as JSON text."""

from __future__ import annotations

import io
import json

import polars as pl

from flows.settings import SourceSettings
from flows.sources.refusal import refused
from flows.sources.text import as_utf_8


def header(payload: bytes, page_name: str, source: SourceSettings) -> list[str]:
    """Every key that occurs, in order of first occurrence."""
    return read(payload, page_name, source).columns


def read(payload: bytes, page_name: str, source: SourceSettings) -> pl.DataFrame:
    """The page as a frame of text columns, one per key. Raises SourcePermanentError with the line that is no object."""
    text = as_utf_8(payload, source.name, page_name, source.encoding)
    if not text.strip():
        return pl.DataFrame()
    try:
        keys = pl.read_ndjson(io.BytesIO(text), infer_schema_length=None).columns
        return pl.read_ndjson(io.BytesIO(text), schema=dict.fromkeys(keys, pl.String))
    except pl.exceptions.PolarsError:
        # A malformed line, or a number too long for any type: the slow road names the one and keeps the other.
        return _exactly(text, page_name, source)


def _exactly(text: bytes, page_name: str, source: SourceSettings) -> pl.DataFrame:
    objects: list[dict[str, object]] = []
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line, parse_int=str, parse_float=str)
        except json.JSONDecodeError as error:
            rule = f"line {number}, column {error.colno}: not JSON; one object per line is expected"
            raise refused(source.name, page_name, rule) from None
        if not isinstance(found, dict):
            raise refused(source.name, page_name, f"line {number}: not a JSON object; one per line is expected")
        objects.append(found)
    keys = dict.fromkeys(key for found in objects for key in found)
    return pl.DataFrame(
        {key: pl.Series([_written(found.get(key)) for found in objects], dtype=pl.String) for key in keys}
    )


def _written(value: object) -> str | None:
    return value if isinstance(value, str | None) else json.dumps(value, ensure_ascii=False)
