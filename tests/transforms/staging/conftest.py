"""Shared by the tests of staging: tables as text, and one way to stage them with the invariants checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.contracts.state import RowFate
from transforms.staging.mapping import SourceMapping
from transforms.staging.stage import PageReference, StagedPage, stage_page

PAGE = PageReference("0123456789abcdef", "export.csv")
KEY = b"a key for tests"


def _table(text: str) -> pl.DataFrame:
    """A text table as an export page: columns split by `|`, all text, an empty cell is missing."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    header, *rows = lines
    return pl.DataFrame(
        [[cell or None for cell in row] for row in rows], schema=dict.fromkeys(header, pl.String), orient="row"
    )


@pytest.fixture
def table() -> Callable[[str], pl.DataFrame]:
    return _table


@pytest.fixture
def stage() -> Callable[..., StagedPage]:
    """Stages a text table or frame with a mapping given as keywords; every result must satisfy its contract."""

    def staged(page: str | pl.DataFrame, **mapping: Any) -> StagedPage:
        raw = _table(page) if isinstance(page, str) else page
        result = stage_page(raw, PAGE, SourceMapping.model_validate({"name": "desk", **mapping}), KEY)
        for name, frame in result.tables.items():
            assert frame.schema == STAGED[name].create_empty().schema
            STAGED[name].validate(frame)
        RowFate.validate(result.fates)
        RowFate.validate(result.partial)
        assert result.n_rows == raw.height
        return result

    return staged


@pytest.fixture
def fates() -> Callable[[StagedPage], list[tuple[Any, ...]]]:
    """(source_row, fate, reason, column_name) of the rows that were not staged."""
    return lambda page: page.fates.select("source_row", "fate", "reason", "column_name").rows()
