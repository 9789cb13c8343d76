"""What counts as drift between two sets of tables, and how it is said."""

import datetime as dt
from typing import Any

import polars as pl

from flows.drift import COMPARED, drift_of, told
from sql.tables import SCHEMAS
from tests.sql.conftest import FEBRUARY, JANUARY, cell, frame_of
from transforms.contracts import MARTS, RESTRICTED

CELLS = [cell("north", JANUARY, 0.2), cell("north", FEBRUARY, 0.1), cell("south", JANUARY, None)]


def drift(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Drift of `fct_kpi_value`."""
    before, after = (frame_of(MARTS["fct_kpi_value"], *rows) for rows in (old, new))
    return drift_of([("fct_kpi_value", before)], {"fct_kpi_value": after}).rows()


def test_the_same_rows_of_another_run_in_another_order_are_no_drift() -> None:
    again = [row | {"run_id": "night-2", "as_of": dt.datetime(2026, 5, 1, tzinfo=dt.UTC)} for row in reversed(CELLS)]

    assert drift(CELLS, again) == []


def test_changed_missing_and_new_rows_are_counted_once_each_by_kpi() -> None:
    changed = CELLS[0] | {"value": 0.3}
    other = cell("south", FEBRUARY, 0.5, kpi_id="forced_return_rate")

    found = drift(CELLS, [changed, CELLS[1], other])

    assert found == [
        ("fct_kpi_value", "reopen_rate", 3, 2, 2, 1),
        ("fct_kpi_value", "forced_return_rate", 3, 1, 1, 1),
    ]


def test_a_table_without_a_kpi_is_counted_as_a_whole_and_null_equals_null() -> None:
    tickets = [{"source": "desk", "ticket_id": number, "agent_key": None} for number in ("1", "2", "3")]
    before, after = (frame_of(RESTRICTED["fct_ticket"], *rows) for rows in (tickets, tickets[1:]))

    found = drift_of([("fct_ticket", before)], {"fct_ticket": after})

    assert found.rows() == [("fct_ticket", None, 3, 1, 0, 0)]
    assert told(found) == ["fct_ticket: 1 rows"]


def test_lines_name_table_kpi_units_and_periods_and_the_rest_is_counted() -> None:
    many = [cell("north", JANUARY, 0.2, kpi_id=f"kpi_{number:02}") for number in range(12)]

    lines = told(drift_of([("fct_kpi_value", frame_of(MARTS["fct_kpi_value"], *many))], _empty()))

    assert lines[0] == "fct_kpi_value kpi_00: 1 rows (1 units, 1 periods)"
    assert (len(lines), lines[-1]) == (11, "and 2 more, in meta_validation")
    assert told(drift_of([], _empty())) == []


def test_every_table_is_compared_but_those_that_tell_of_runs_and_of_the_drift_itself() -> None:
    every = {name for schema in SCHEMAS.values() for name in schema}

    assert every - set(COMPARED) == {"meta_run", "meta_backfill", "meta_validation", "meta_restatement"}


def _empty() -> dict[str, pl.DataFrame]:
    return {name: contract.create_empty() for name, contract in COMPARED.items()}
