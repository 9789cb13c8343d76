"""Touched tickets with what must lie beside them so that facts say of each what facts of everything say.

A ticket is judged by its own rows, by what its source shows anywhere, and now and then by other contacts of its
customer. Everything that has nothing to do with these tickets is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from transforms.facts import contacts
from transforms.facts.contacts import CUSTOMER
from transforms.facts.excerpt import OF_SURVEYS, OF_TICKETS
from transforms.rows import is_among

_ID = "ticket_id"
Tables = Mapping[str, pl.LazyFrame]


def with_tickets_beside(
    nights: Sequence[Tables], rows: Sequence[Tables], tickets: pl.DataFrame, witnesses: pl.DataFrame
) -> list[tuple[dict[str, pl.LazyFrame], pl.LazyFrame]]:
    """For each of two nights its tables, with those of tickets reduced to `tickets` (ticket_id) and those that show
    what their sources tell at all, and the contacts of other tickets by which these are judged.

    `rows` are the rows of `tickets` on either night; all others are the same on both, and read once. No answer about
    any other ticket is there.
    """
    latest = nights[-1]
    shown = pl.concat([witnesses.select(_ID), _rated(latest, tickets)]).unique().join(tickets, on=_ID, how="anti")
    names = [name for name in OF_TICKETS if name in latest]
    found = pl.collect_all([latest[name].filter(is_among(shown[_ID])) for name in names])
    beside = dict(zip(names, found, strict=True))
    surveys = _of_surveys(nights, rows, shown)
    changed = pl.concat(night["ticket"] for night in rows).collect()
    wrote = _of_customers(latest["ticket"], changed, surveys).lazy()
    return [
        (dict(night) | _of_tickets(night, of_night, beside) | asked, wrote)
        for night, of_night, asked in zip(nights, rows, surveys, strict=True)
    ]


def _of_tickets(night: Tables, rows: Tables, beside: Mapping[str, pl.DataFrame]) -> dict[str, pl.LazyFrame]:
    of_night = {name: rows[name].collect() for name in OF_TICKETS if name in night}
    return {name: pl.concat([own, beside.get(name, own.clear())]).lazy() for name, own in of_night.items()}


def _of_surveys(nights: Sequence[Tables], rows: Sequence[Tables], shown: pl.DataFrame) -> list[dict[str, pl.LazyFrame]]:
    """Answers and invitations about the tickets of `rows` and those `shown`, on either night."""
    names, is_shown = [name for name in OF_SURVEYS if name in nights[-1]], is_among(shown[_ID])
    found = pl.collect_all([nights[-1][name].filter(is_shown) for name in names])
    beside = {name: told.lazy() for name, told in zip(names, found, strict=True)}
    return [
        {
            name: pl.concat([own[name], beside[name]]) if name in beside else own[name]
            for name in OF_SURVEYS
            if name in night
        }
        for night, own in zip(nights, rows, strict=True)
    ]


def _of_customers(known: pl.LazyFrame, changed: pl.DataFrame, surveys: Iterable[Tables]) -> pl.DataFrame:
    """The other contacts of customers who opened or rated one of `changed`: the first ones, and of requesters the later
    ones about the same matter.
    """
    opened = changed.filter(pl.col(CUSTOMER).is_not_null())
    rated = [told["survey_response"].select("respondent_key") for told in surveys if "survey_response" in told]
    answering = [people.collect()["respondent_key"].alias(CUSTOMER) for people in rated]
    customers = pl.concat([opened[CUSTOMER], *answering]).drop_nulls()
    is_another = ~pl.col(_ID).is_in(changed[_ID].implode())
    theirs = contacts.of(known.filter(is_among(customers) & is_another)).collect()
    same = [CUSTOMER, "category"]
    since = opened.group_by(same).agg(pl.col("created_at").min().alias("since"))
    later = theirs.join(since, on=same, nulls_equal=True).filter(pl.col("created_at") >= pl.col("since"))
    return pl.concat([contacts.first(theirs.lazy()).collect(), later.drop("since")])


def _rated(night: Tables, tickets: pl.DataFrame) -> pl.DataFrame:
    """Beside `tickets`, one per source and survey about which somebody answered: ticket_id."""
    if "survey_response" not in night:
        return tickets.select(_ID).clear()
    is_another = pl.col(_ID).is_not_null() & ~pl.col(_ID).is_in(tickets[_ID].implode())
    answered = night["survey_response"].filter(is_another & pl.col("value").is_not_null())
    rated = night["ticket"].join(answered.select(_ID, "survey_id").unique(), on=_ID)
    return rated.group_by("source", "survey_id").agg(pl.col(_ID).min()).select(_ID).collect()
