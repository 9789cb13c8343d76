"""Whatever an export holds: every input row is staged or has exactly one fate, and what is staged fits the contract."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.contracts import LINEAGE, STAGED
from transforms.contracts.state import RowFate
from transforms.staging.fields import FIELDS, Field
from transforms.staging.mapping import SourceMapping
from transforms.staging.stage import PageReference, StagedPage, stage_page

PAGE = PageReference("0123456789abcdef", "export.csv")
GOOD = {
    "identifier": ["A", "B"],
    "label": ["mail", "solved", "99"],
    "person": ["u1", "U2 "],
    "boolean": ["yes", "0"],
    "count": ["0", "3.0"],
    "number": ["2.5", "7"],
    "datetime": ["2026-01-05 10:00", "2026-01-06T11:00:00+02:00"],
    "date": ["2026-01-05", "2026-02-01"],
    "tags": ["care, own it", "#care"],
    "message": ["Thank you for staying late", "#care"],
    "question": ["I know why", "I can help"],
    "answer": ["4", "5.0", "9"],
}
BAD = [None, "", "?", "perhaps", "0001-01-01", "9999-12-31", "1" * 40, "-7", "x" * 300]
ITEMS: dict[str, list[dict[str, Any]]] = {
    "long_answers": [{"question": "I know why", "scale": "1-5"}, {"question": "I can help", "scale": "0-10"}],
    "wide_answers": [{"column": "Q1", "scale": "1-5", "not_applicable": ["9"]}, {"column": "Q2", "scale": "0-10"}],
}


def _cells(field: Field) -> st.SearchStrategy[str | None]:
    good = list(field.allowed) or GOOD[field.type]
    # Mostly good cells, or no row would ever get past its first field.
    return st.one_of(*[st.sampled_from(good)] * 8, st.sampled_from(BAD))


@st.composite
def _pages(draw: st.DrawFn, grain: tuple[str, str]) -> pl.DataFrame:
    columns = {field.name: _cells(field) for field in FIELDS[grain]}
    columns |= {
        str(item["column"]): _cells(Field("a", "answer", "")) for item in ITEMS.get(grain[1], []) if "column" in item
    }
    rows = draw(st.lists(st.tuples(*columns.values()), max_size=12))
    doubled = rows + draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else rows
    return pl.DataFrame(doubled, schema=dict.fromkeys(columns, pl.String), orient="row")


def _staged(raw: pl.DataFrame, grain: tuple[str, str]) -> StagedPage:
    mapping: dict[str, Any] = {
        "name": "any",
        "kind": grain[0],
        "grain": grain[1],
        "null_values": ["?"],
        "columns": {field.name: field.name for field in FIELDS[grain]},
    }
    if grain[1] in ITEMS:
        mapping |= {"audience": "employee", "item": ITEMS[grain[1]]}
    return stage_page(raw, PAGE, SourceMapping.model_validate(mapping), b"key")


@pytest.mark.parametrize("grain", list(FIELDS), ids="-".join)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_row_has_one_fate(grain: tuple[str, str], data: st.DataObject) -> None:
    raw = data.draw(_pages(grain))

    page = _staged(raw, grain)

    for name, frame in page.tables.items():
        STAGED[name].validate(frame)
    RowFate.validate(page.fates)  # its key says: one fate a row
    staged = pl.concat([frame.select(LINEAGE) for frame in page.tables.values()]).unique()["source_row"]
    lost = page.fates["source_row"]
    assert not set(staged) & set(lost)
    assert set(staged) | set(lost) <= set(range(1, raw.height + 1))
    if grain[1] != "event_log":  # an update that changes nothing is staged and leaves no row of its own
        assert len(staged) + len(lost) == raw.height == page.n_rows
    assert set(page.partial["source_row"]) <= set(staged)
