"""Properties that every KPI has: neither the order of rows nor an event delivered twice moves a cell."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tests.transforms.sample_organisation import AFTER, computed, facts, table

EVENTS = ("survey_response", "invitation", "recognition", "ticket", "ticket_event", "promise")
Tables = Mapping[str, pl.DataFrame | Sequence[Mapping[str, Any]]]


def assert_unmoved(kpi_id: str, tables: Tables, run_on: dt.date = AFTER) -> None:
    """Cells and people are the same with every table reversed and with every event twice."""
    frames = {name: rows if isinstance(rows, pl.DataFrame) else table(name, rows) for name, rows in tables.items()}
    before = computed(kpi_id, facts(run_on, **frames))
    assert before.cells.height > 0
    backwards = {name: frame.reverse() for name, frame in frames.items()}
    twice = {name: pl.concat([frame, frame]) if name in EVENTS else frame for name, frame in frames.items()}
    for changed in (backwards, twice):
        after = computed(kpi_id, facts(run_on, **changed))
        assert after.cells.equals(before.cells)
        order = before.people.columns
        assert after.people.sort(order).equals(before.people.sort(order))
