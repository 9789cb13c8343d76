"""Touched tickets with what must lie beside them so that facts say of each what facts of everything say.

A ticket is judged by its own rows, by what its source shows anywhere, and now and then by other contacts of its
customer. Everything that has nothing to do with these tickets is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.facts import contacts
from transforms.facts.contacts import CUSTOMER
from transforms.facts.excerpt import OF_SURVEYS, OF_TICKETS
from transforms.rows import is_among

_ID = "ticket_id"
_IS_ANSWER = pl.col(_ID).is_not_null() & pl.col("value").is_not_null()
_PAIR = ["source", "survey_id"]
_NOBODY = pl.Series(CUSTOMER, [], dtype=pl.String)
Tables = Mapping[str, pl.LazyFrame]


def with_tickets_beside(
    nights: Sequence[Tables],
    rows: Sequence[Tables],
    tickets: pl.DataFrame,
    witnesses: pl.DataFrame,
    known: pl.DataFrame,
) -> list[tuple[dict[str, pl.LazyFrame], pl.LazyFrame]]:
    """For each of two nights its tables, with those of tickets reduced to `tickets` (ticket_id) and those that show
    what their sources tell at all, and the contacts of other tickets by which these are judged.

    `rows` are the rows of `tickets` on either night; all others are the same on both, and read once. No answer about
    any other ticket is there. `known` (`contacts.of`, with ticket_id) are all contacts of whoever asked for `tickets`,
    and of some others.
    """
    latest = nights[-1]
    rated = _rated(latest, rows, tickets, witnesses)
    shown = pl.concat([witnesses.select(_ID), rated]).unique().join(tickets, on=_ID, how="anti")
    names = [name for name in OF_TICKETS if name in latest]
    found = pl.collect_all([latest[name].filter(is_among(shown[_ID])) for name in names])
    beside = dict(zip(names, found, strict=True))
    surveys = _of_surveys(nights, rows, shown)
    wrote = _of_customers(latest["ticket"], known, rows).lazy()
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


def _of_customers(tickets: pl.LazyFrame, known: pl.DataFrame, rows: Sequence[Tables]) -> pl.DataFrame:
    """The other contacts of customers who opened or rated one of the tickets of `rows`: the first ones, and of
    requesters the later ones about the same matter.
    """
    changed = pl.concat(night["ticket"] for night in rows).collect()
    rated = [told["survey_response"].select("respondent_key") for told in rows if "survey_response" in told]
    answering = pl.concat([people.collect()["respondent_key"].alias(CUSTOMER) for people in rated] or [_NOBODY])
    others = answering.filter(answering.is_not_null() & ~answering.is_in(known[CUSTOMER].implode()))
    of_others = contacts.of(tickets.filter(is_among(others)), _ID).collect() if len(others) else known.clear()
    theirs = pl.concat([known, of_others]).filter(~pl.col(_ID).is_in(changed[_ID].implode())).drop(_ID)
    same, opened = [CUSTOMER, "category"], changed.filter(pl.col(CUSTOMER).is_not_null())
    since = opened.group_by(same).agg(pl.col("created_at").min().alias("since"))
    later = theirs.join(since, on=same, nulls_equal=True).filter(pl.col("created_at") >= pl.col("since"))
    return pl.concat([contacts.first(theirs.lazy()).collect(), later.drop("since")])


def _rated(night: Tables, rows: Sequence[Tables], tickets: pl.DataFrame, witnesses: pl.DataFrame) -> pl.DataFrame:
    """Tickets (ticket_id) beside `tickets` that show which surveys are answered about which sources' tickets.

    One for each that `rows`, those of `tickets` on either night, do not show on both.
    """
    if "survey_response" not in night:
        return tickets.select(_ID).clear()
    shown = [_pairs(told["ticket"], _answered(told)).collect() for told in rows if "survey_response" in told]
    # Witnesses are of every source.
    sources = night["ticket"].filter(is_among(witnesses[_ID])).select("source").unique()
    surveys = night["survey_response"].select(pl.col("survey_id").filter(_IS_ANSWER).unique())
    unknown = sources.join(surveys, how="cross").collect()
    if len(shown) == len(rows):
        unknown = unknown.join(shown[0].join(shown[1], on=_PAIR, how="semi"), on=_PAIR, how="anti")
    if unknown.is_empty():
        return tickets.select(_ID).clear()
    others = _answered(night).filter(~pl.col(_ID).is_in(tickets[_ID].implode()))
    rated = _pairs(night["ticket"], others).join(unknown.lazy(), on=_PAIR, how="semi")
    return rated.group_by(_PAIR).agg(pl.col(_ID).min()).select(_ID).collect()


def _answered(night: Tables) -> pl.LazyFrame:
    """The answers about tickets: ticket_id, survey_id."""
    return night["survey_response"].filter(_IS_ANSWER).select(_ID, "survey_id").unique()


def _pairs(tickets: pl.LazyFrame, answered: pl.LazyFrame) -> pl.LazyFrame:
    """Each answered ticket with the survey and the ticket's own source."""
    return tickets.select(_ID, "source").join(answered, on=_ID)
