"""What may never leave the house, and a search for it in whatever a reader can get hold of."""

from __future__ import annotations

import re

import duckdb
import polars as pl

from tests.acceptance.full_road import FullRoad

# What goes with a number. Of a group that is too small none of it is said.
NUMBERS = (
    "value",
    "ci_low",
    "ci_high",
    "shrunk_value",
    "numerator",
    "denominator",
    "n_events",
    "n_people_band",
    "response_rate",
    "coverage",
    "interval_method",
    "verdict",
    "flags",
    "previous_value",
    "previous_ci_low",
    "previous_ci_high",
    "change",
    "is_clear_change",
    "is_better",
    "old_value",
    "new_value",
    "trust_grade",
    "index_value",
    "index_low",
    "index_high",
    "ungated_mean",
    "harmony",
    "previous_index_value",
    "centre",
    "p_value",
)
_PERSON = re.compile(r"\bp_[0-9a-f]{8,}|[\w.+-]+@[\w-]+\.[\w.]+")


def readable(road: FullRoad) -> dict[str, pl.DataFrame]:
    """Every table and view an analyst can read, by asking the warehouse file itself what it holds."""
    file = road.settings.warehouse.url.removeprefix("duckdb:///")
    with duckdb.connect(file, read_only=True) as connection:
        names = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL"
        ).fetchall()
        return {f"{schema}.{name}": connection.execute(f'FROM "{schema}"."{name}"').pl() for schema, name in names}


def people_in(text: str) -> list[str]:
    """Pseudonyms and e-mail addresses in a text."""
    return _PERSON.findall(text)


def people_in_cells(frame: pl.DataFrame) -> list[str]:
    """Pseudonyms and e-mail addresses in the text of a table."""
    return [found for name in frame.columns if frame.schema[name] == pl.String for found in _in_column(frame[name])]


def _in_column(column: pl.Series) -> list[str]:
    return [found for text in column.drop_nulls().unique() for found in people_in(text)]


def said_of(unit: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table about a unit in which anything that goes with a number is said."""
    told = [name for name in NUMBERS if name in frame.columns]
    if "org_unit_id" not in frame.columns or not told:
        return frame.clear()
    return frame.filter(pl.col("org_unit_id") == unit).filter(pl.any_horizontal(pl.col(told).is_not_null()))
