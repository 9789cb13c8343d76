"""Promises out of what a source tells happened to them: activated, applied, paused, breached, fulfilled.

One instance of a metric on a ticket is one promise. Its target is the last that a policy applied before it ended, and
the source's verdict stands: what it has not marked as breached by the fulfilment was kept, whatever a recomputation
says. https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-metric-event-types-reference
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.contracts.tickets import Promise
from transforms.facts.ticket_clock import TicketClock
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW, of_tickets

_INSTANCE = (*TICKET_KEY, "metric", "instance")
_RUNS, _STANDS = ("activate",), ("pause", "fulfil")


def promises(tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, clock: TicketClock) -> pl.LazyFrame:
    """One row per instance that a target was applied to: contract Promise, and what the source told of it.

    `told_target_minutes`, `told_used_minutes`: the target and, once fulfilled, the minutes used, both on its own clock.
    `target_at` is the breach; of a promise kept, the moment the rest of its target would have run out.
    """
    told = _in_order(tables)
    of_type = {name: pl.col("event_type") == name for name in ("activate", "apply", "breach", "elapsed")}
    last = pl.col("event_type").filter(pl.col("event_type").is_in([*_RUNS, *_STANDS])).last()
    ended_at = pl.col("at").filter(pl.col("event_type") == "fulfil").last()
    in_time = of_type["apply"] & (pl.col("at") <= ended_at).fill_null(True)
    instances = told.group_by(_INSTANCE).agg(
        pl.col("at").filter(of_type["activate"]).first().alias("began_at"),
        pl.when(last == "fulfil").then(ended_at).alias("fulfilled_at"),
        pl.col("at").filter(of_type["breach"]).first().alias("breached_at"),
        pl.col("target_minutes").filter(in_time).last().alias("told_target_minutes"),
        pl.col("clock").filter(in_time).last(),
        *(pl.col(f"elapsed_{name}_minutes").filter(of_type["elapsed"]).last() for name in ("calendar", "business")),
        pl.col("source_page", "source_row").last(),
    )
    on_business = pl.col("clock") == "business"
    used = pl.when(on_business).then("elapsed_business_minutes").otherwise("elapsed_calendar_minutes")
    known = (
        instances.filter(
            pl.col("told_target_minutes").is_not_null()
            & pl.col("clock").is_not_null()
            & pl.col("began_at").is_not_null()
        )
        .with_columns(pl.when(pl.col("fulfilled_at").is_not_null()).then(used).alias("told_used_minutes"))
        .with_columns((pl.col("told_target_minutes") - pl.col("told_used_minutes")).clip(0).alias("rest"))
        .collect()
    )
    due = clock.with_moment(known, "fulfilled_at", "rest", "rest_until").lazy()
    by_calendar = pl.col("fulfilled_at") + pl.duration(microseconds=pl.col("rest") * 60_000_000)
    kept_until = pl.when(on_business).then("rest_until").otherwise(by_calendar)
    later_reply = pl.when(pl.col("instance") == 1).then(pl.lit("first_reply")).otherwise(pl.lit("next_reply"))
    rows = due.with_columns(
        pl.concat_str("ticket_id", "metric", "instance", separator="-").alias("promise_id"),
        pl.when(pl.col("metric") == "reply").then(later_reply).otherwise("metric").alias("metric"),
        pl.coalesce("breached_at", pl.max_horizontal(kept_until, "fulfilled_at")).alias("target_at"),
        pl.lit(False).alias("is_cancelled"),
    )
    return _with_holder(rows, tables, events, clock)


def pauses(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Stretches in which a source says that a promise stood: source, ticket_id, promise_id, paused_at, resumed_at."""
    moves = _in_order(tables).filter(pl.col("event_type").is_in([*_RUNS, *_STANDS]))
    return (
        moves.with_columns(
            pl.col("at").shift(-1).over(_INSTANCE).alias("resumed_at"),
            pl.concat_str("ticket_id", "metric", "instance", separator="-").alias("promise_id"),
        )
        .filter(pl.col("event_type") == "pause")
        .select(*TICKET_KEY, "promise_id", pl.col("at").alias("paused_at"), "resumed_at")
    )


def _in_order(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Events that the source has not taken back, under the source of their ticket, in order of time."""
    told = tables["promise_event"].filter(~pl.col("is_deleted"))
    return of_tickets(told, tables["ticket"]).sort(*_INSTANCE, "at", pl.col("event_id").str.len_chars(), "event_id")


def _with_holder(
    rows: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, clock: TicketClock
) -> pl.LazyFrame:
    """Contract columns that the ticket knows: who held it when the promise ended, channel and requester."""
    tickets = (
        tables["ticket"]
        .unique(TICKET_KEY, keep="first", maintain_order=True)
        .select(*TICKET_KEY, "channel", "requester_key", last_team="org_unit_id", last_agent="agent_key")
    )
    held = events.lazy().select(TICKET_ROW, "org_unit_id", "agent_key", ended_at="at")
    joined = (
        rows.with_columns(pl.coalesce("fulfilled_at", "breached_at").alias("ended_at"))
        .join(clock.numbered.lazy(), on=TICKET_KEY, how="left")
        .sort("ended_at")
        .join_asof(held, on="ended_at", by=TICKET_ROW, check_sortedness=False)
        .with_columns(pl.col("org_unit_id", "agent_key").cast(pl.String))
        .join(tickets, on=TICKET_KEY, how="left")
        .with_columns(pl.coalesce("org_unit_id", "last_team").alias("org_unit_id"))
        .with_columns(pl.coalesce("agent_key", "last_agent").alias("agent_key"))
    )
    names = joined.collect_schema().names()
    return joined.select(
        *(
            (pl.col(name) if name in names else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in Promise.create_empty().schema.items()
        ),
        "told_target_minutes",
        "told_used_minutes",
    )
