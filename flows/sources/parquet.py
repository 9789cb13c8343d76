"""Parquet: typed columns written out as text, times in ISO 8601, lists joined by commas, structs as JSON."""

from __future__ import annotations

import io

import polars as pl
import polars.selectors as cs

from flows.settings import SourceSettings
from flows.sources.refusal import refused


def header(payload: bytes, page_name: str, source: SourceSettings) -> list[str]:
    """Names of the columns."""
    if not payload:
        return []
    try:
        return list(pl.read_parquet_schema(io.BytesIO(payload)))
    except (pl.exceptions.PolarsError, OSError):
        raise refused(source.name, page_name, "is not a Parquet file, or cut off; export it again") from None


def read(payload: bytes, page_name: str, source: SourceSettings) -> pl.DataFrame:
    """The page as a frame of text columns."""
    if not payload:
        return pl.DataFrame()
    try:
        frame = pl.read_parquet(io.BytesIO(payload))
    except (pl.exceptions.PolarsError, OSError):
        raise refused(source.name, page_name, "is not a Parquet file, or cut off; export it again") from None
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List | pl.Array)]
    try:
        return frame.with_columns(
            pl.col(name).cast(pl.List(pl.String)).list.join(",", ignore_nulls=True) for name in lists
        ).with_columns(
            cs.struct().struct.json_encode(),
            cs.duration().dt.to_string(),
            (~cs.string() & ~cs.struct() & ~cs.duration()).cast(pl.String),
        )
    except pl.exceptions.PolarsError as error:
        told = str(error).partition("\n")[0]
        raise refused(source.name, page_name, f"holds a column that is no text, number or time ({told})") from None
