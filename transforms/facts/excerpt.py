"""The rows of tickets that spans of days need: whole tickets, and witnesses of what is said about all of them.

Facts derived from an excerpt say the same about the days of its spans as facts derived from everything. A ticket is
taken with all its events and promises or not at all, and so are tickets that share its id, for rows of other sources
find a ticket by its id. What facts say about all tickets is shown by `witnesses.py`; since when somebody has been a
customer, by their first contact, which lies beside. All other tables are small and stay whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from transforms.facts import contacts
from transforms.facts.contacts import CUSTOMER
from transforms.facts.endings import is_open
from transforms.facts.times import TIMES, happens_since
from transforms.moments import moment
from transforms.rows import is_among

Span = tuple[dt.date, dt.date]
OF_SURVEYS = ("survey_response", "invitation")
OF_TICKETS = ("ticket", "ticket_event", "promise", "promise_event", "ticket_metric")
_ID = "ticket_id"
# What happens to a ticket, and what is asked and said about it.
_HAPPENINGS = ("ticket_event", "promise", "promise_event", *OF_SURVEYS)


def excerpt(
    tables: Mapping[str, pl.LazyFrame], spans: Iterable[Span], witnesses: pl.DataFrame, *, with_first_contacts: bool
) -> tuple[dict[str, pl.LazyFrame], pl.LazyFrame | None]:
    """`tables` (contract name to rows) with those of tickets reduced to what the days of `spans` need.

    `with_first_contacts`: beside them since when the customers of these days have been customers, else None.
    """
    days = _wide(merged(spans))
    alive = _alive(tables, days)
    firsts = contacts.first(contacts.of(_of_customers(tables, days, alive))) if with_first_contacts else None
    return of_tickets(tables, alive, witnesses), firsts


def of_tickets(
    tables: Mapping[str, pl.LazyFrame], tickets: pl.DataFrame, witnesses: pl.DataFrame
) -> dict[str, pl.LazyFrame]:
    """`tables` with those of tickets reduced to the tickets named (ticket_id) and the witnesses."""
    # Two ranges: witnesses are among the first tickets of all, and between them and these lies nearly everything.
    named = is_among(tickets[_ID]) | is_among(witnesses[_ID])
    return dict(tables) | {name: tables[name].filter(named) for name in OF_TICKETS if name in tables}


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days in spans that neither meet nor overlap, in order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + dt.timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _wide(spans: Iterable[Span]) -> list[Span]:
    """A day more on either side: midnight lies elsewhere in UTC."""
    return [(first - dt.timedelta(days=1), last + dt.timedelta(days=1)) for first, last in spans]


def _alive(tables: Mapping[str, pl.LazyFrame], days: Sequence[Span]) -> pl.DataFrame:
    """Tickets with a day of their life in one of the spans; one that is not known to have ended lives on."""
    if not days:
        return pl.DataFrame(schema={_ID: pl.String})
    lives = pl.any_horizontal(
        (pl.col("created_at") < _end(last)) & (is_open() | happens_since("ticket", _begin(first)))
        for first, last in days
    )
    found = [tables["ticket"].filter(lives).select(_ID)]
    for name in _HAPPENINGS:
        if name in tables:
            found += [tables[name].filter(_happens(column, days)).select(_ID) for column in TIMES[name]]
    return pl.concat(pl.collect_all(found)).drop_nulls().unique()


def _of_customers(tables: Mapping[str, pl.LazyFrame], days: Sequence[Span], alive: pl.DataFrame) -> pl.LazyFrame:
    """All tickets of the requesters of those `alive`, and of whoever answered a survey on these days."""
    known = tables["ticket"].filter(pl.col(CUSTOMER).is_not_null())
    customers = [known.filter(is_among(alive[_ID])).select(CUSTOMER)]
    if "survey_response" in tables and days:
        answered = tables["survey_response"].filter(_happens("answered_at", days))
        customers.append(answered.select(pl.col("respondent_key").alias(CUSTOMER)))
    return known.join(pl.concat(customers).unique(), on=CUSTOMER, how="semi")


def _happens(column: str, days: Sequence[Span]) -> pl.Expr:
    at = pl.col(column)
    return pl.any_horizontal((at >= _begin(first)) & (at < _end(last)) for first, last in days)


def _begin(day: dt.date) -> pl.Expr:
    return moment(dt.datetime.combine(day, dt.time(), dt.UTC))


def _end(day: dt.date) -> pl.Expr:
    return _begin(day + dt.timedelta(days=1))
