"""Touched tickets with what must lie beside them so that facts say of each what facts of everything say.

A ticket is judged by its own rows, by what its source shows anywhere, and now and then by the other tickets of its
requester. Everything that has nothing to do with these tickets is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.facts.excerpt import OF_TICKETS, first_of_requesters
from transforms.rows import is_among

_ID = "ticket_id"
_OF_SURVEYS = ("survey_response", "invitation")
Tables = Mapping[str, pl.LazyFrame]


def with_tickets_beside(
    nights: Sequence[Tables], rows: Sequence[Tables], tickets: pl.DataFrame, witnesses: pl.DataFrame
) -> list[dict[str, pl.LazyFrame]]:
    """The tables of two nights with those of tickets reduced to `tickets` (ticket_id) and the ones they are judged by.

    `rows` are the rows of `tickets` on either night; all others are the same on both, and read once. No answer about
    any other ticket is there.
    """
    others, latest = _others(nights, tickets, witnesses), nights[-1]
    names = [name for name in OF_TICKETS if name in latest]
    found = pl.collect_all([latest[name].filter(is_among(others[_ID])) for name in names])
    beside = dict(zip(names, found, strict=True))
    asked = is_among(pl.concat([tickets.select(_ID), others])[_ID])
    return [_night(night, of_night, beside, asked) for night, of_night in zip(nights, rows, strict=True)]


def _night(night: Tables, rows: Tables, beside: Mapping[str, pl.DataFrame], asked: pl.Expr) -> dict[str, pl.LazyFrame]:
    found = dict(night)
    for name in OF_TICKETS:
        if name in night:
            of_night = rows[name].collect()
            found[name] = pl.concat([of_night, beside.get(name, of_night.clear())]).lazy()
    for name in _OF_SURVEYS:
        if name in night:
            found[name] = night[name].filter(asked).collect().lazy()
    return found


def _others(nights: Sequence[Tables], tickets: pl.DataFrame, witnesses: pl.DataFrame) -> pl.DataFrame:
    """The tickets by which others are judged, without those of `tickets`: ticket_id.

    These are the witnesses, the first ticket of each requester, the later ones with which a requester came back, and
    a ticket per source and survey about which somebody answered.
    """
    found = [witnesses.select(_ID)]
    for night in nights:
        known = night["ticket"]
        found.append(first_of_requesters(known, tickets).collect())
        since = (
            known.filter(is_among(tickets[_ID]))
            .group_by("requester_key", "category")
            .agg(pl.col("created_at").min().alias("since"))
        )
        later = known.join(since, on=["requester_key", "category"], nulls_equal=True).filter(
            pl.col("requester_key").is_not_null() & (pl.col("created_at") >= pl.col("since"))
        )
        found.append(later.select(_ID).collect())
        if "survey_response" in night:
            answered = night["survey_response"].filter(pl.col(_ID).is_not_null() & pl.col("value").is_not_null())
            rated = known.join(answered.select(_ID, "survey_id").unique(), on=_ID)
            found.append(rated.group_by("source", "survey_id").agg(pl.col(_ID).min()).select(_ID).collect())
    return pl.concat(found).unique().join(tickets, on=_ID, how="anti")
