"""What was known on a night: rows that had not happened are left out, times that had not come are null.

A backfill of a past night thereby computes from the same rows as that night's run would have.
"""

from __future__ import annotations

import polars as pl

from transforms.facts.context import Context
from transforms.moments import moment

# When a row of each table happened.
HAPPENED = {
    "ticket": "created_at",
    "ticket_event": "at",
    "promise": "began_at",
    "promise_event": "at",
    "recognition": "at",
    "survey_response": "answered_at",
    "invitation": "sent_at",
    "improvement_event": "at",
}
_MAY_LIE_AHEAD = {"ticket": ("solved_at", "closed_at"), "promise": ("fulfilled_at", "closed_at")}


def as_of(name: str, table: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """`table` (contract `name`) without anything from after the night's midnight; a target may lie ahead."""
    midnight = moment(context.as_of)
    if name in HAPPENED:
        table = before(table, HAPPENED[name], context)
    ahead = _MAY_LIE_AHEAD.get(name, ())
    return table.with_columns(pl.when(pl.col(column) < midnight).then(column).alias(column) for column in ahead)


def before(rows: pl.LazyFrame, at: str, context: Context) -> pl.LazyFrame:
    """`rows` of which the moment `at` came before the night's midnight."""
    return rows.filter(pl.col(at) < moment(context.as_of))
