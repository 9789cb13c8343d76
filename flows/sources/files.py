"""The files connector: any export in a folder, by glob, as pages of text cells. No setting needs Python.

`fetch` reads what is there; `parse` turns a page, fresh or replayed from landing, into a frame. What cannot be an
export of the configured source is refused with one line (SourcePermanentError, exit code 11).
"""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from flows.errors import SourcePermanentError
from flows.settings import SourceSettings
from flows.sources import delimited, json_lines, parquet, workbook
from flows.sources.archives import format_of, unpack
from flows.sources.page import FetchedPage
from flows.sources.references import columns_read
from flows.sources.refusal import listed, refused
from transforms.staging.errors import nearest

_HEADERS: dict[str, Callable[[bytes, str, SourceSettings], list[str]]] = {
    "delimited": delimited.header,
    "json_lines": json_lines.header,
    "parquet": parquet.header,
    "workbook": workbook.header,
}
_READERS: dict[str, Callable[[bytes, str, SourceSettings], pl.DataFrame]] = {
    "delimited": delimited.read,
    "json_lines": json_lines.read,
    "parquet": parquet.read,
    "workbook": workbook.read,
}


def fetch(source: SourceSettings) -> Iterator[FetchedPage]:
    """Every file the source's glob finds, in order of name, as pages; each member of a `.zip` is a page.

    All pages must have the same columns (JSON lines excepted, where a key may be left out). Raises
    SourcePermanentError for a missing, unreadable, corrupt or empty file, and for headers that differ.
    """
    first: tuple[str, set[str]] | None = None
    for file, name in _found(source):
        for page in unpack(source.name, file, name):
            columns = set(_header(page.payload, page.name, source))
            if columns and format_of(page.name) != "json_lines":
                first = first or (page.name, columns)
                _refuse_other_header(source, first, (page.name, columns))
            yield page


def parse(payload: bytes, page_name: str, source: SourceSettings) -> pl.DataFrame:
    """A page as a frame of text columns with the export's own names; empty cells are null, empty rows left out.

    Raises SourcePermanentError for a page without rows (unless `allow_empty`), a column name that occurs twice, a
    mapped column that is not there, and whatever the format's reader refuses.
    """
    header = _header(payload, page_name, source)
    _refuse_bad_header(header, page_name, source)
    if not header:
        names = [name for columns in columns_read(source).values() for name in columns]
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frame = _READERS[_format(page_name, source)](payload, page_name, source)
    frame = frame.with_columns(pl.all().replace("", None)).filter(pl.any_horizontal(pl.all().is_not_null()))
    if frame.is_empty() and not source.allow_empty:
        raise refused(source.name, page_name, "has a header and no rows; set allow_empty = true if that is right")
    return frame


def _found(source: SourceSettings) -> list[tuple[Path, str]]:
    """Files of the glob with names relative to the part of the path that is fixed."""
    path = Path(source.path)
    if path.is_dir():
        rule = f'path is a folder; name its files, such as path = "{path.name}/*.csv"'
        raise SourcePermanentError(f'source "{source.name}": {rule}')
    if path.exists() or not glob.has_magic(source.path):
        if not path.exists():
            raise SourcePermanentError(f'source "{source.name}": no file {path}; correct path, or export it')
        return [(path, path.name)]
    # A folder may be called `[archive]`: what is there by that very name is meant.
    upwards = (depth for depth in range(len(path.parts), 0, -1) if Path(*path.parts[:depth]).exists())
    depth = next(upwards, 0)
    fixed = Path(*path.parts[:depth])
    found = fixed.glob(str(Path(*path.parts[depth:])))
    files = sorted(file for file in found if file.is_file() and not file.name.startswith("."))
    if not files:
        raise SourcePermanentError(f'source "{source.name}": no file matches {path}; correct path, or export one')
    return [(file, file.relative_to(fixed).as_posix()) for file in files]


def _format(page_name: str, source: SourceSettings) -> str:
    found = format_of(page_name.rpartition("!")[2])
    if found is None:
        raise refused(source.name, page_name, "unknown kind of file")
    return found


def _header(payload: bytes, page_name: str, source: SourceSettings) -> list[str]:
    header = _HEADERS[_format(page_name, source)](payload, page_name, source) if payload.strip() else []
    if not header and not source.allow_empty:
        raise refused(source.name, page_name, "is empty; export it again, or set allow_empty = true if that is right")
    return header


def _refuse_bad_header(header: list[str], page_name: str, source: SourceSettings) -> None:
    twice = [name for name, times in Counter(header).items() if times > 1 and name]
    if twice:
        raise refused(source.name, page_name, f"more than one column is named {listed(twice)}; rename one")
    for field, names in columns_read(source, header).items() if header else ():
        for name in names:
            if name not in header:
                rule = f'no column "{name}", which {field} is mapped to ({nearest(name, header)}); correct the mapping'
                alone = "; or set delimiter" if len(header) == 1 else ""
                raise refused(source.name, page_name, rule + alone)


def _refuse_other_header(source: SourceSettings, first: tuple[str, set[str]], other: tuple[str, set[str]]) -> None:
    differing = sorted(first[1] ^ other[1])
    if differing:
        rule = (
            f"its columns differ from those of {first[0]} ({listed(differing)}); export both alike, or make two sources"
        )
        raise refused(source.name, other[0], rule)
