"""What a ticket system says of promises and durations itself: events of promises, and its measures of a ticket."""

from __future__ import annotations

import polars as pl

from transforms.staging.duplicates import newest
from transforms.staging.outcome import Outcome


def promise_events(rows: pl.DataFrame) -> Outcome:
    """One input row, one event; the last row of an event wins."""
    known = rows.with_columns(pl.col("instance").fill_null(1), pl.col("is_deleted").fill_null(False))
    taken, older = newest(known, ["event_id"])
    return Outcome({"promise_event": taken}, older)


def metrics(rows: pl.DataFrame) -> Outcome:
    """One input row, the measures of one ticket; the newest of a page wins."""
    taken, older = newest(rows, ["ticket_id"], ["updated_at"])
    return Outcome({"ticket_metric": taken}, older)
