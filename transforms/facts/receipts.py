"""Receipts: every time a ticket came to an agent, what the agent's turn left on it, and whether it was passed on."""

from __future__ import annotations

import polars as pl

from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW, in_texts
from transforms.facts.ticket_stretches import HUMAN_ROLES


def receipts(events: pl.DataFrame) -> pl.LazyFrame:
    """One row per receipt, from `events_of_tickets`: a ticket that comes back to an agent is received again.

    Shape: ticket key, org_unit_id (team holding it then), agent_key, received_at, left_at (null for the agent who has
    it last), is_touched (one of us noted or replied in public after the receipt and up to the passing on; at the moment
    of receipt only what the receiver wrote counts, for the one who passes a ticket on may write then too).
    """
    same = pl.col(TICKET_ROW) == pl.col(TICKET_ROW).shift()
    next_is_same = pl.col(TICKET_ROW) == pl.col(TICKET_ROW).shift(-1)
    received = (
        events.lazy()
        .select(*TICKET_KEY, TICKET_ROW, "org_unit_id", "agent_key", "at")
        .filter(pl.col("agent_key").is_not_null())
        .filter(~(same & (pl.col("agent_key") == pl.col("agent_key").shift())).fill_null(False))
        .with_columns(pl.when(next_is_same).then(pl.col("at").shift(-1)).alias("left_at"))
        .rename({"at": "received_at"})
    )
    touches = (
        events.lazy()
        .filter(
            ((pl.col("event_type") == "public_reply") | (pl.col("event_type") == "private_note"))
            & pl.col("actor_role").is_in(HUMAN_ROLES)
        )
        .select(TICKET_ROW, pl.col("at").alias("left_at"), pl.col("at").alias("touched_at"), "actor_key")
    )
    after = pl.col("touched_at") > pl.col("received_at")
    at_once = (pl.col("touched_at") == pl.col("received_at")) & (pl.col("actor_key") == pl.col("agent_key"))
    passed = (
        received.filter(pl.col("left_at").is_not_null())
        # Both sides are in order of time within each ticket, which is all that the search needs.
        .join_asof(touches, on="left_at", by=TICKET_ROW, strategy="backward", check_sortedness=False)
        .with_columns((after | at_once).fill_null(False).alias("is_touched"))
        .drop("touched_at", "actor_key")
    )
    kept = received.filter(pl.col("left_at").is_null()).with_columns(pl.lit(None, dtype=pl.Boolean).alias("is_touched"))
    return in_texts(pl.concat([passed, kept]).drop(TICKET_ROW))
