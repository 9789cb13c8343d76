"""What must lie beside a few tickets so that facts say of each of them what facts of everything say.

A ticket is judged by its own rows, by what its source shows anywhere, and now and then by the other tickets of its
requester. Everything that has nothing to do with these tickets is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.facts.excerpt import first_of_requesters, of_tickets

_ID = "ticket_id"
_OF_SURVEYS = ("survey_response", "invitation")
Tables = Mapping[str, pl.LazyFrame]


def tickets_beside(nights: Sequence[Tables], tickets: pl.DataFrame, witnesses: pl.DataFrame) -> pl.DataFrame:
    """`tickets` (ticket_id) with those they are judged by on any of the `nights`: ticket_id.

    These are the witnesses, the first ticket of each requester, the later ones with which a requester came back, and
    a ticket per source and survey about which somebody answered.
    """
    found = [tickets.select(_ID), witnesses.select(_ID)]
    for night in nights:
        known = night["ticket"]
        found.append(first_of_requesters(known, tickets).collect())
        since = (
            known.join(tickets.lazy(), on=_ID, how="semi")
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
    return pl.concat(found).unique()


def of_these_alone(tables: Tables, tickets: pl.DataFrame) -> dict[str, pl.LazyFrame]:
    """`tables` with the rows of `tickets` (ticket_id), read once, and no answer about anything else."""
    ids = tickets.select(_ID).lazy()
    found = of_tickets(tables, tickets, tickets)
    for name in _OF_SURVEYS:
        if name in found:
            found[name] = found[name].join(ids, on=_ID, how="semi", maintain_order="left")
    rows = pl.collect_all(list(found.values()))
    return {name: frame.lazy() for name, frame in zip(found, rows, strict=True)}
