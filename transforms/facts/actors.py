"""Who acted on a ticket in which role, and who held it then, where a source tells neither with each event."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.facts.ticket_history import TICKET_ROW, in_texts

_HOLDERS = {"group": "org_unit_id", "assignee": "agent_key"}


def with_holders(events: pl.DataFrame) -> pl.DataFrame:
    """`events` (of `events_of_tickets`) with the team and agent that held the ticket after each of them.

    A source that names a team only in events of type `group` (an agent only in `assignee`) says nothing of it
    elsewhere: the one named last still holds the ticket, also for what happened in the same moment.
    """
    for event_type, holder in _HOLDERS.items():
        is_change = pl.col("event_type") == event_type
        told = in_texts(events.lazy())
        elsewhere = _sources(told.filter(~is_change & pl.col(holder).is_not_null()))
        by_change = _sources(told.filter(is_change))
        silent = by_change.filter(~by_change.is_in(elsewhere.implode()))
        if silent.is_empty():
            continue
        # The row of the last change leads to who was named there, or to nobody.
        changed_in = pl.when(is_change).then(pl.int_range(pl.len(), dtype=pl.UInt32))
        last = pl.col("changed_in").last().over(TICKET_ROW, "at")
        is_silent = pl.col("source").is_in(silent.cast(pl.Categorical).implode())
        events = (
            events.with_columns(changed_in.alias("changed_in"))
            .with_columns(pl.col("changed_in").forward_fill().over(TICKET_ROW))
            .with_columns(pl.when(is_silent).then(pl.col(holder).gather(last)).otherwise(holder).alias(holder))
            .drop("changed_in")
        )
    return events


def with_roles(events: pl.DataFrame, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """`events` with the role of each actor whose source tells roles of people instead of roles with events.

    The role is the one the person was last seen in before the event. Before the first sight it is `agent` for who
    ever held a ticket or wrote a private note, which only agents can, else the first one seen. So an agent who left,
    and is an end user of the system now, still answered as an agent then. Who was never seen at all is a requester:
    those who act for us are known.
    """
    roles = tables["person_role"].select("source", "person_key", "valid_from_at", "role").sort("valid_from_at")
    seen = roles.rename({"person_key": "actor_key", "valid_from_at": "at", "role": "role_then"}).collect()
    if seen.is_empty():
        return events
    person = ["source", "actor_key"]
    texts = in_texts(events.lazy())
    first = seen.unique(person, keep="first", maintain_order=True).select(*person, first_role="role_then")
    notes = texts.filter(pl.col("event_type") == "private_note").select(person)
    held = texts.select("source", pl.col("agent_key").alias("actor_key"))
    agents = pl.concat([notes, held]).drop_nulls().unique().with_columns(pl.lit("agent").alias("acted_as"))
    told = (
        texts.with_row_index("position")
        .filter((pl.col("actor_role") == "unknown") & pl.col("actor_key").is_not_null())
        .filter(pl.col("source").is_in(seen["source"].unique().implode()))
        .select("position", *person, "at")
        .sort("at")
        .join_asof(seen.lazy(), on="at", by=person, check_sortedness=False)
        .join(agents, on=person, how="left")
        .join(first.lazy(), on=person, how="left")
        .select("position", pl.coalesce("role_then", "acted_as", "first_role", pl.lit("requester")).alias("told_role"))
    )
    return (
        events.lazy()
        .with_row_index("position")
        .join(
            told.with_columns(pl.col("told_role").cast(pl.Categorical)),
            on="position",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.coalesce("told_role", "actor_role").alias("actor_role"))
        .drop("position", "told_role")
        .collect()
    )


def _sources(events: pl.LazyFrame) -> pl.Series:
    return events.select("source").unique().collect()["source"]
