"""Tickets: snapshots, typed events, promises; and what a ticket's state says about its promise."""

from __future__ import annotations

import polars as pl

from transforms.staging.duplicates import newest
from transforms.staging.fields import VALUE_TABLES
from transforms.staging.mapping import SourceMapping
from transforms.staging.outcome import Outcome
from transforms.staging.reading import ROW
from transforms.staging.text_features import fingerprints
from transforms.staging.value_maps import translate

HOLDER = {"team": "org_unit_id", "agent": "agent_key"}
_NAMES_OF_TICKET = {**HOLDER, "requester": "requester_key", "customer_organisation": "customer_organisation_id"}
# The value is the ticket merged into, the calendar it runs on from now on, the sequence of the comment redacted.
_IDENTIFIERS = ("merge", "calendar", "redaction")


def snapshot(rows: pl.DataFrame, mapping: SourceMapping) -> Outcome:
    """One input row, one ticket as it stands; the newest of a page wins. With its promise, where one is mapped."""
    latest = pl.max_horizontal("created_at", "solved_at", "closed_at")
    dated = rows.with_columns(pl.coalesce("updated_at", latest).alias("updated_at"))
    taken, older = newest(dated, ["ticket_id"], ["updated_at"])
    return Outcome(ticket_tables(taken, mapping), older)


def ticket_tables(states: pl.DataFrame, mapping: SourceMapping) -> dict[str, pl.DataFrame]:
    """Tables `ticket` and, where one is mapped, `promise`, from the last state of each ticket."""
    known = states.with_columns(pl.col("is_deleted").fill_null(False))
    tables = {"ticket": known.rename(_NAMES_OF_TICKET)}
    given = {*mapping.columns, *mapping.constants}
    if given & {"promise_is_kept", "promise_target_at"}:
        tables["promise"] = _promise(known, given)
    return tables


def events(rows: pl.DataFrame, mapping: SourceMapping, key: bytes) -> Outcome:
    """One input row, one event. A reply's text is left behind; its fingerprint goes on."""
    meanings, reasons = _event_value(mapping)
    judged = rows.with_columns(meanings.alias("value"), reasons.alias("reason"))
    refused = judged.filter(pl.col("reason").is_not_null())
    good = judged.filter(pl.col("reason").is_null())
    featured = in_sequence(good).with_columns(
        pl.col("actor_role").fill_null("unknown"), fingerprints(good["body"], key).alias("fingerprint")
    )
    taken, older = newest(featured, ["ticket_id", "at", "sequence", "event_type"])
    value_column = mapping.columns.get("value")
    fault = value_column if isinstance(value_column, str) else None
    fates = refused.select(ROW, "reason", pl.lit(fault, dtype=pl.String).alias("column_name"))
    named = taken.drop("body").rename({**HOLDER, "actor": "actor_key"})
    return Outcome({"ticket_event": named}, pl.concat([fates, older]))


def promises(rows: pl.DataFrame) -> Outcome:
    """One input row, one instance of a promise; the last row of an instance wins."""
    taken, older = newest(rows.with_columns(pl.col("is_cancelled").fill_null(False)), ["promise_id"])
    return Outcome({"promise": taken.rename({**HOLDER, "requester": "requester_key"})}, older)


def in_sequence(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (in the order of the page) with `sequence` complete.

    Where the source has none it is the place among the rows of the same ticket and moment, from 0.
    """
    if rows["sequence"].null_count() == 0:
        return rows
    place = pl.int_range(pl.len(), dtype=pl.Int64).over("ticket_id", "at")
    return rows.with_columns(pl.coalesce("sequence", place).alias("sequence"))


def _promise(states: pl.DataFrame, given: set[str]) -> pl.DataFrame:
    """One promise per ticket that has a verdict or a target; a ticket without either was promised nothing."""
    metric = pl.col("promise_metric").fill_null("resolution")
    fulfilled = pl.col("promise_fulfilled_at")
    if "promise_fulfilled_at" not in given:
        fulfilled = pl.when(metric == "resolution").then(pl.coalesce("solved_at", "closed_at"))
    is_cancelled = pl.col("is_deleted") | (pl.col("status") == "cancelled").fill_null(False)
    return states.filter(pl.any_horizontal(pl.col("promise_is_kept", "promise_target_at").is_not_null())).select(
        ROW,
        pl.col("ticket_id").alias("promise_id"),
        "ticket_id",
        metric.alias("metric"),
        pl.col("promise_clock").fill_null("calendar").alias("clock"),
        pl.coalesce("promise_began_at", "created_at").alias("began_at"),
        pl.col("promise_target_at").alias("target_at"),
        fulfilled.alias("fulfilled_at"),
        "closed_at",
        pl.col("promise_is_kept").alias("is_kept"),
        is_cancelled.alias("is_cancelled"),
        "priority",
        "channel",
        pl.col("team").alias("org_unit_id"),
        pl.col("agent").alias("agent_key"),
        pl.col("requester").alias("requester_key"),
    )


def _event_value(mapping: SourceMapping) -> tuple[pl.Expr, pl.Expr]:
    """Value of an event as the contract words it, and the reason where it says nothing known."""
    # Values of other events may name people and are dropped: teams and agents have fields of their own.
    text, nothing = pl.col("value"), pl.lit(None, dtype=pl.String)
    value, reason = pl.when(pl.col("event_type").is_in(_IDENTIFIERS)).then(text).otherwise(nothing), nothing
    for event_type, allowed in VALUE_TABLES["tickets", "events"].items():
        is_type = pl.col("event_type") == event_type
        table = mapping.values.get(event_type)
        meaning = translate(text, table).value if table else text.str.to_lowercase().str.replace_all(r"[\s-]+", "_")
        unknown = is_type & text.is_not_null() & ~meaning.is_in(list(allowed)).fill_null(False)
        value = pl.when(is_type).then(meaning).otherwise(value)
        reason = pl.when(unknown).then(pl.lit("unknown_value")).otherwise(reason)
    return value, reason
