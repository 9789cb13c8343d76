"""CSV, TSV and other delimited text: every cell as text, nothing guessed but the delimiter."""

from __future__ import annotations

import csv
import io
from itertools import islice

import polars as pl

from flows.settings import SourceSettings
from flows.sources.refusal import refused
from flows.sources.text import as_utf_8

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_BYTES = 65_536
_SAMPLE_ROWS = 50


def header(payload: bytes, page_name: str, source: SourceSettings) -> list[str]:
    """Column names as written in the first line that is not blank; none for an empty page.

    Raises SourcePermanentError for bytes that do not fit the encoding, and where the delimiter is plainly wrong.
    """
    text = as_utf_8(payload, source.name, page_name, source.encoding)
    return _header(text, page_name, source)[0]


def read(payload: bytes, page_name: str, source: SourceSettings) -> pl.DataFrame:
    """The page as a frame of text columns.

    A row with too few cells is filled with nulls, unless it is the last one of a file without a final line end:
    then the file was cut off. Raises SourcePermanentError for that, for rows with too many cells, and for quotes
    that do not close, each with its line.
    """
    text = as_utf_8(payload, source.name, page_name, source.encoding)
    names, delimiter = _header(text, page_name, source)
    if not names:
        return pl.DataFrame()
    _refuse_cut_off(text, names, delimiter, page_name, source)
    try:
        return pl.read_csv(io.BytesIO(text), separator=delimiter, infer_schema=False)
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError):
        # What Polars says quotes cells, which may be personal; so the line is found and nothing else repeated.
        rule = _fault(text, names, delimiter) or "malformed; quote cells that hold line ends or the delimiter"
        raise refused(source.name, page_name, rule) from None


def sniff(text: str) -> str:
    """The delimiter under which the first rows have most cells and agree about their number; a comma otherwise."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _rows(text, delimiter)]
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _header(text: bytes, page_name: str, source: SourceSettings) -> tuple[list[str], str]:
    sample = text[:_SAMPLE_BYTES].decode(errors="ignore")
    delimiter = source.delimiter or sniff(sample)
    names = next(iter(_rows(sample, delimiter)), [])
    other = (
        next((each for each in DELIMITERS if each != delimiter and each in names[0]), None) if len(names) == 1 else None
    )
    if other:
        rule = f'wrong delimiter: with "{_name(delimiter)}" there is a single column; try delimiter = "{_name(other)}"'
        raise refused(source.name, page_name, rule)
    return names, delimiter


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    """The first rows of a sample whose last line may be cut, blank lines left out."""
    whole = sample if sample.endswith("\n") or len(sample) < _SAMPLE_BYTES // 4 else sample[: sample.rfind("\n") + 1]
    reader = csv.reader(io.StringIO(whole or sample, newline=""), delimiter=delimiter)
    try:
        return list(islice((row for row in reader if row), _SAMPLE_ROWS))
    except csv.Error:
        return []


def _refuse_cut_off(text: bytes, names: list[str], delimiter: str, page_name: str, source: SourceSettings) -> None:
    tail = text[text.rfind(b"\n") + 1 :]
    if not tail.strip() or tail.count(b'"') % 2 or b"\n" not in text:
        return
    width = len(next(csv.reader([tail.decode()], delimiter=delimiter)))
    if width < len(names) and text.count(b'"') % 2 == 0:
        line = text.count(b"\n") + 1
        rule = f"line {line}: ends in the middle of a row ({width} of {len(names)} cells); export it again"
        raise refused(source.name, page_name, rule)


def _fault(text: bytes, names: list[str], delimiter: str) -> str | None:
    """What is wrong with a page that could not be read, found by going through it line by line."""
    csv.field_size_limit(max(len(text), 131_072))
    reader = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for row in reader:
            if len(row) > len(names):
                return (
                    f"line {begins}: {len(row)} cells, but the header has {len(names)}; "
                    "quote cells that hold the delimiter, or set delimiter"
                )
            begins = reader.line_num + 1
    except csv.Error:
        return f"line {begins}: a quoted cell does not end where it should; double the quotes inside cells"
    stray = next((number for number, line in enumerate(text.split(b"\n"), 1) if line.count(b'"') % 2), None)
    return f"line {stray}: a stray quote; quote the cell and double the quotes inside" if stray else None


def _name(delimiter: str) -> str:
    return {"\t": "\\t"}.get(delimiter, delimiter)
