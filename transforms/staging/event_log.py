"""Tickets from a log of updates: each row is the ticket's state after an update."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from transforms.staging.duplicates import newest
from transforms.staging.mapping import SourceMapping
from transforms.staging.outcome import Outcome
from transforms.staging.reading import ROW
from transforms.staging.tickets import HOLDER, in_sequence, ticket_tables

# Field -> type of the event that a change of it is.
_OBSERVED = {"status": "status", "team": "group", "agent": "assignee", "priority": "priority"}
# A row that names no agent or team says that nobody holds the ticket; one without a status says nothing.
_NULL_SAYS_NOTHING = ("status", "priority")
_ORDER = ("at", "sequence", ROW)


def event_log(rows: pl.DataFrame, mapping: SourceMapping) -> Outcome:
    """Events where status, team, agent or priority change, one ticket and one promise from its last row.

    The last row is the last by (at, sequence, row). The first row of a ticket in a page always gives events, because
    what came before it is not known here: an event says the value after it, so repeating one does no harm.
    """
    taken, older = newest(in_sequence(rows), ["ticket_id", "at", "sequence"])
    ordered = taken.sort("ticket_id", *_ORDER)
    tables = {"ticket_event": _changes(ordered, mapping), **ticket_tables(_last_states(ordered), mapping)}
    return Outcome(tables, older)


def _last_states(ordered: pl.DataFrame) -> pl.DataFrame:
    """The last row of each ticket; created when its first row was, where the log does not say."""
    first_at = pl.col("at").first().over("ticket_id")
    return (
        ordered.with_columns(
            pl.coalesce("created_at", first_at).alias("created_at"), pl.coalesce("updated_at", "at").alias("updated_at")
        )
        .filter(pl.col("ticket_id").is_last_distinct())
        .sort(ROW)
    )


def _changes(ordered: pl.DataFrame, mapping: SourceMapping) -> pl.DataFrame:
    """Ticket events, in the order of the page."""
    events = [
        ordered.filter(_is_change(field)).select(
            ROW,
            "ticket_id",
            "at",
            "sequence",
            pl.lit(event_type).alias("event_type"),
            (pl.col(field) if field in _NULL_SAYS_NOTHING else pl.lit(None, dtype=pl.String)).alias("value"),
            *(pl.col(field_name).alias(name) for field_name, name in HOLDER.items()),
            pl.lit("unknown").alias("actor_role"),
        )
        for field, event_type in _given(mapping)
    ]
    return pl.concat(events).sort(ROW, maintain_order=True) if events else pl.DataFrame(schema={ROW: pl.Int64})


def _given(mapping: SourceMapping) -> Iterator[tuple[str, str]]:
    return ((field, event) for field, event in _OBSERVED.items() if field in {*mapping.columns, *mapping.constants})


def _is_change(field: str) -> pl.Expr:
    is_first = pl.col("ticket_id").is_first_distinct()
    if field in _NULL_SAYS_NOTHING:
        before = pl.col(field).shift(1).forward_fill().over("ticket_id")
        return pl.col(field).is_not_null() & (is_first | pl.col(field).ne_missing(before))
    return is_first | pl.col(field).ne_missing(pl.col(field).shift(1))
