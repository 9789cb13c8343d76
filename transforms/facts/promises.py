"""Promise facts: when each promise fell due and whether it was kept."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.facts import promise_measures, told_promises
from transforms.facts.context import Context
from transforms.facts.ticket_clock import TicketClock
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW, in_texts, of_tickets
from transforms.moments import moment


def verdicts(
    tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, context: Context, clock: TicketClock
) -> pl.LazyFrame:
    """One row per promise: every column of FctPromise, channel, agent_key, requester_key and, for the KPIs,

    * `due_at`: the target; without one, when the source settled it (`closed_at`); `due_on` its local day
    * `is_kept`: null while not due. With a target: fulfilled at or before it, and broken when still open at it; a
      promise without a known fulfilment that the source has settled is as the source says. Without a target: the
      source's own flag, which is live and means nothing before the promise is settled
    * `is_cancelled`: also where the ticket was deleted, is spam or was merged away
    * `target_minutes`, `used_minutes`: see `promise_measures.measured`
    * `began_on`: local day it began; `began_org_unit_id`: team that held the ticket then, as `events_of_tickets` say
    """
    tickets = tables["ticket"]
    promises = pl.concat(
        [of_tickets(tables["promise"], tickets), told_promises.promises(tables, events, clock)], how="diagonal"
    ).unique(["source", "promise_id"], keep="first", maintain_order=True)
    deleted = tickets.select(*TICKET_KEY, pl.col("is_deleted").alias("ticket_is_deleted")).unique(
        TICKET_KEY, keep="first", maintain_order=True
    )
    midnight = moment(context.as_of)
    due_at = pl.coalesce("target_at", "closed_at")
    by_source = pl.when(pl.col("closed_at").is_not_null()).then("is_kept")
    kept = (
        pl.when(pl.col("target_at").is_null())
        .then("is_kept")
        .when(pl.col("fulfilled_at").is_not_null())
        .then(pl.col("fulfilled_at") <= pl.col("target_at"))
        .otherwise(pl.coalesce(by_source, pl.lit(False)))
    )
    judged = promises.join(deleted, on=TICKET_KEY, how="left", maintain_order="left").with_columns(
        due_at.alias("due_at"),
        pl.when(due_at < midnight).then(kept).alias("is_kept"),
        (pl.col("is_cancelled") | pl.col("ticket_is_deleted").fill_null(False)).alias("is_cancelled"),
        context.local_day(due_at).alias("due_on"),
        context.local_day(pl.col("began_at")).alias("began_on"),
    )
    told = _with_team_at_start(_in_order_of_time(judged, clock), events)
    return promise_measures.measured(
        told.drop("ticket_is_deleted", "source_page", "source_row"), tables, events, context, clock
    )


def _in_order_of_time(promises: pl.LazyFrame, clock: TicketClock) -> pl.LazyFrame:
    """Promises by their start, with the number of their ticket, null where it has no events."""
    ordered = promises.sort("began_at", "source", "promise_id")
    return ordered.join(clock.numbered.lazy(), on=TICKET_KEY, how="left", maintain_order="left")


def _with_team_at_start(promises: pl.LazyFrame, events: pl.DataFrame) -> pl.LazyFrame:
    """Adds the team at the start: holder after the last event up to it, else at the first, else as the promise says."""
    held = events.lazy().filter(pl.col("org_unit_id").is_not_null())
    first = held.unique(TICKET_ROW, keep="first", maintain_order=True).select(
        TICKET_ROW, pl.col("org_unit_id").alias("first_team")
    )
    history = held.select(TICKET_ROW, pl.col("at").alias("began_at"), pl.col("org_unit_id").alias("team_then"))
    return (
        promises.join(in_texts(first), on=TICKET_ROW, how="left", maintain_order="left")
        # The events of each ticket are in order of time, which is all that the search needs.
        .join_asof(history, on="began_at", by=TICKET_ROW, check_sortedness=False)
        .with_columns(pl.col("team_then").cast(pl.String))
        .with_columns(pl.coalesce("team_then", "first_team", "org_unit_id").alias("began_org_unit_id"))
        .drop("team_then", "first_team")
    )
