"""Witnesses: tickets that show what is said about all tickets, so that an excerpt with them says the same.

* what a source records at all (replies, agents, teams, statuses, times of solves and closes): one of its tickets that
  shows it
* who acts for us, where roles of people are told apart from events: one ticket of each agent
* since when a source or a team has tickets: the first one, deleted ones apart
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.moments import MOMENT, moment

_ID = "ticket_id"
SHAPE = {"what": pl.String, _ID: pl.String, "first_at": MOMENT}


def witnesses(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """One row per fact about all tickets: what, ticket_id, first_at (null where no time matters)."""
    tickets, events = tables["ticket"], tables["ticket_event"]
    deleted = tickets.select(_ID, "is_deleted").unique(_ID, keep="first", maintain_order=True)
    known = events.join(deleted, on=_ID)
    is_status = pl.col("event_type") == "status"
    kinds = known.with_columns(
        pl.when(is_status).then("value").alias("said"),
        pl.col("value").is_not_null().alias("has_value"),
        pl.col("agent_key").is_not_null().alias("has_agent"),
        pl.col("org_unit_id").is_not_null().alias("has_team"),
    )
    solved = tickets.filter(pl.col("solved_at").is_not_null())
    closed = tickets.filter(pl.col("closed_at").is_not_null())
    held = known.filter(pl.col("org_unit_id").is_not_null())
    found = [
        _shown(solved, "tells solves", ["source"]),
        _shown(closed, "tells closes", ["source"]),
        _shown(kinds, "records", ["source", "event_type", "said", "has_value", "has_agent", "has_team"]),
        _first(tickets, "first of source", ["source", "is_deleted"], "created_at"),
        _first(tickets, "first seen with team", ["org_unit_id", "is_deleted"], "created_at"),
        _first(held, "first held by team", ["org_unit_id", "is_deleted"], "at"),
    ]
    if not tables["person_role"].head(1).collect().is_empty():
        notes = known.filter((pl.col("event_type") == "private_note") & pl.col("actor_key").is_not_null())
        held = known.filter(pl.col("agent_key").is_not_null())
        found += [
            _shown(notes, "acts", ["source", "actor_key"]),
            _shown(held.with_columns(pl.col("agent_key").alias("actor_key")), "holds", ["source", "actor_key"]),
        ]
    return pl.concat(pl.collect_all(found)).sort("what")


def _shown(rows: pl.LazyFrame, what: str, of: list[str]) -> pl.LazyFrame:
    none = moment(None)
    return rows.group_by(_named(what, of)).agg(pl.col(_ID).min(), none.alias("first_at"))


def _first(rows: pl.LazyFrame, what: str, of: list[str], at: str) -> pl.LazyFrame:
    is_first = pl.col(at) == pl.col(at).min()
    return rows.group_by(_named(what, of)).agg(
        pl.col(_ID).filter(is_first).min(), pl.col(at).min().dt.cast_time_unit("us").alias("first_at")
    )


def _named(what: str, of: list[str]) -> pl.Expr:
    said = [pl.col(name).cast(pl.String).fill_null("-") for name in of]
    return pl.concat_str(pl.lit(what), *said, separator=" | ").alias("what")
