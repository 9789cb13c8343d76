"""Contacts: when a customer wrote, and about what. That is all that is asked of a ticket which is not counted itself.

Whether somebody is new is told by their first ticket, whether they came back by their later ones; where only some
tickets are looked at, contacts stand for the others.
"""

from __future__ import annotations

import polars as pl

CUSTOMER = "requester_key"
_COLUMNS = ("source", CUSTOMER, "category", "created_at", "is_deleted")
_FIRST_OF = (CUSTOMER, "source", "is_deleted")


def of(tickets: pl.LazyFrame, *more: str) -> pl.LazyFrame:
    """One row per ticket of a known requester: source, requester_key, category, created_at, is_deleted and `more`."""
    known = tickets.filter(pl.col(CUSTOMER).is_not_null())
    return known.select(*_COLUMNS, *more)


def first(contacts: pl.LazyFrame) -> pl.LazyFrame:
    """The first of `contacts` of each requester at each source, deleted or not."""
    at = pl.col("created_at")
    return contacts.group_by(_FIRST_OF).agg(at.min(), pl.col("category").get(at.arg_min())).select(_COLUMNS)
