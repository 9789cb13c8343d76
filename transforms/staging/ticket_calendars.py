"""The calendars tickets run on: opening hours by version, and closures."""

from __future__ import annotations

import zoneinfo

import polars as pl

from transforms.staging.duplicates import fates_of, newest
from transforms.staging.mapping import SourceMapping
from transforms.staging.outcome import Outcome


def calendars(rows: pl.DataFrame, mapping: SourceMapping) -> Outcome:
    """One input row, one slot of a version of a calendar; a slot in a zone nobody knows is refused."""
    known = pl.col("timezone").is_in(sorted(zoneinfo.available_timezones()))
    column = mapping.columns.get("timezone")
    refused = fates_of(rows.filter(~known), "unknown_value", column if isinstance(column, str) else None)
    dated = rows.filter(known).with_columns(pl.coalesce("created_at", "valid_from_at").alias("created_at"))
    taken, older = newest(dated, ["calendar_id", "valid_from_at", "weekday", "opens_minute"])
    return Outcome({"calendar_slot": taken}, pl.concat([refused, older]))


def closures(rows: pl.DataFrame) -> Outcome:
    """One input row, one closure; the last row of a closure wins."""
    taken, older = newest(rows, ["calendar_id", "closure_id"])
    return Outcome({"calendar_closure": taken}, older)
