"""Excel workbooks (.xlsx, .xlsm): one sheet, cells as text, dates in ISO 8601."""

from __future__ import annotations

import fastexcel
import polars as pl

from flows.settings import SourceSettings
from flows.sources.refusal import listed, refused


def header(payload: bytes, page_name: str, source: SourceSettings) -> list[str]:
    """Cells of the first row as written."""
    reader = _open(payload, page_name, source)
    if reader is None:
        return []
    first = reader.load_sheet(_sheet(reader, page_name, source), header_row=None, n_rows=1, dtypes="string").to_polars()
    return [cell or "" for cell in first.row(0)] if first.height else []


def read(payload: bytes, page_name: str, source: SourceSettings) -> pl.DataFrame:
    """The sheet named `sheet`, else the first one, as a frame of text columns."""
    reader = _open(payload, page_name, source)
    if reader is None:
        return pl.DataFrame()
    return reader.load_sheet(_sheet(reader, page_name, source), dtypes="string").to_polars()


def _open(payload: bytes, page_name: str, source: SourceSettings) -> fastexcel.ExcelReader | None:
    if not payload:
        return None
    try:
        return fastexcel.read_excel(payload)
    except fastexcel.FastExcelError:
        raise refused(source.name, page_name, "is not an Excel workbook, or corrupt; save it as .xlsx again") from None


def _sheet(reader: fastexcel.ExcelReader, page_name: str, source: SourceSettings) -> str:
    sheet = source.sheet or reader.sheet_names[0]
    if sheet not in reader.sheet_names:
        rule = f'has no sheet "{sheet}"; set sheet to one of {listed(reader.sheet_names)}'
        raise refused(source.name, page_name, rule)
    return sheet
