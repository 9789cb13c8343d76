"""Writes the exports: CSV, also in .gz and .zip, and JSON lines. The same rows give the same bytes."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

UTC_FORMAT = "%Y-%m-%d %H:%M:%S"
LOCAL_FORMAT = "%d.%m.%Y %H:%M"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FAST = 1  # compression level: the demo is made to be read once


def as_text(rows: pl.DataFrame, datetime_format: str = UTC_FORMAT) -> pl.DataFrame:
    """`rows` with times and days as text, as they will stand in the file."""
    return rows.with_columns(
        pl.col(pl.Datetime("us")).dt.strftime(datetime_format), pl.col(pl.Date).dt.strftime("%Y-%m-%d")
    )


def write_csv(rows: pl.DataFrame, file: Path, separator: str = ",") -> Path:
    """A CSV file; inside a gzip or zip file where the name ends so."""
    text = io.BytesIO()
    rows.write_csv(text, separator=separator)
    return _write(text.getvalue(), file)


def write_json_lines(rows: pl.DataFrame, file: Path) -> Path:
    """One JSON object per line."""
    text = io.BytesIO()
    rows.write_ndjson(text)
    return _write(text.getvalue(), file)


def _write(content: bytes, file: Path) -> Path:
    pack: Callable[[bytes, Path], bytes] = {".gz": _gzipped, ".zip": _zipped}.get(file.suffix, lambda plain, _: plain)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pack(content, file))
    return file


def _gzipped(content: bytes, _: Path) -> bytes:
    return gzip.compress(content, _FAST, mtime=0)


def _zipped(content: bytes, file: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo(f"{file.stem}.csv", _ZIP_TIME)
        archive.writestr(member, content, zipfile.ZIP_DEFLATED, _FAST)
    return packed.getvalue()
