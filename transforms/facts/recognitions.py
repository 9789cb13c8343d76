"""Recognition edges: who recognised whom, with both teams as they were on the day."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.facts import people
from transforms.facts.context import Context

_KEY = ("source", "recognition_id", "receiver_key")
_COLUMNS = (
    *_KEY,
    "giver_key",
    "at",
    "on",
    "giver_org_unit_id",
    "receiver_org_unit_id",
    "giver_office",
    "receiver_office",
    "tags",
    "points",
    "message_length",
    "message_fingerprint",
    "allowance_expires_on",
    "group_size",
    "is_private",
    "is_self",
    "is_from_manager",
)


def edges(tables: Mapping[str, pl.LazyFrame], stays: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """One row per recognition and receiver: the columns of `FctRecognition`, and on, offices, tags, points, is_private,
    message_fingerprint, allowance_expires_on.

    A team is the person's stay on the local day; where membership says nothing, what the source says, else
    `unassigned`. Without a membership source the source's own team comes first. `is_self` rows are kept (KPIs
    leave them out); `is_from_manager` is null where giver or manager is not known.
    """
    placed_by_membership = people.has_memberships(tables)
    rows = (
        tables["recognition"]
        .unique(subset=_KEY, keep="first", maintain_order=True)
        .with_columns(context.local_day(pl.col("at")).alias("on"))
    )
    for side in ("giver", "receiver"):
        rows = people.placed(rows, stays, f"{side}_key", f"{side}_stay")

    def unit(side: str) -> pl.Expr:
        known = [f"{side}_stay_org_unit_id", f"{side}_org_unit_id"]
        ordered = known if placed_by_membership else known[::-1]
        return pl.coalesce(*ordered, pl.lit(UNASSIGNED_UNIT)).alias(f"{side}_org_unit_id")

    return (
        rows.with_columns(
            unit("giver"),
            unit("receiver"),
            pl.col("giver_stay_office").alias("giver_office"),
            pl.col("receiver_stay_office").alias("receiver_office"),
            (pl.col("giver_key") == pl.col("receiver_key")).fill_null(False).alias("is_self"),
            (pl.col("giver_key") == pl.col("receiver_stay_manager_key")).alias("is_from_manager"),
        )
        .select(_COLUMNS)
        .sort("at", *_KEY)
    )
