"""What changed between two nights: from rows that were added, edited or deleted to the days on which it shows.

A ticket is looked at as a whole: when any row of it changed, or the clock moved something about it (it is open, or a
moment of its life came to pass or came of age since), every day on which something happens to it is touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.contracts import STAGED
from transforms.facts import contacts
from transforms.facts.appearances import differing_days
from transforms.facts.clocked import clocked_tickets, fallen_due, ripened_tickets, with_running_promises
from transforms.facts.contacts import CUSTOMER
from transforms.facts.context import Context
from transforms.facts.endings import is_open
from transforms.facts.excerpt import OF_SURVEYS, OF_TICKETS, Span, merged
from transforms.facts.longest_wait import LongestWait
from transforms.facts.people import has_memberships
from transforms.facts.times import TIMES
from transforms.moments import moment
from transforms.rows import differing_rows, is_among

_ID = "ticket_id"
Tables = Mapping[str, pl.LazyFrame]


@dataclass(frozen=True)
class Changed:
    """The rows of each table that differ between two nights, as they were and as they are."""

    before: Mapping[str, pl.DataFrame]
    after: Mapping[str, pl.DataFrame]

    def rows(self, table: str) -> pl.LazyFrame:
        """Both versions of the changed rows of a table."""
        return pl.concat([self.before[table], self.after[table]]).lazy()


@dataclass(frozen=True)
class Touched:
    """Where two nights can differ.

    `days` on which something changed by kind (tickets, others, weather, recognition, surveys, improvement): `tickets`
    are all days of changed tickets, `others` those on which a number of another ticket can tell, `weather` those of
    which the load of a team can differ; `lives`: spans of lives of changed tickets; `tickets`: ids of all tickets whose
    own facts may differ (ticket_id); `changed`: those of them whose days `days` tells; `rows`: what the tables say of
    these on either night; `contacts`: all tickets of those who asked for them or answered about them (`contacts.of`,
    with ticket_id); `recognitions`: ids of those whose facts may differ (recognition_id), None where any may.
    """

    days: Mapping[str, Sequence[dt.date]]
    lives: Sequence[Span]
    tickets: pl.DataFrame
    changed: pl.DataFrame
    rows: tuple[Tables, Tables]
    contacts: pl.DataFrame
    recognitions: pl.DataFrame | None = None


def touched_since(
    changed: Changed,
    before: Tables,
    after: Tables,
    then: Context,
    now: Context,
    longest: LongestWait,
    promises: pl.LazyFrame,
) -> Touched:
    """What may differ between the nights of `then` and `now`.

    `before` and `after` are the staged tables of the two nights, `longest` the longest waits of any ticket that ended,
    `promises` (FctPromise) all promises as the night of `then` judged them. Without memberships it also counts as a
    change of recognition, surveys and improvement that somebody is placed elsewhere, by whatever row.
    """
    acted = pl.concat(pl.collect_all(_acted_in_another_role(changed, before, after)))
    named = _named_tickets(changed, acted)
    clocked = pl.concat([clocked_tickets(after, then, now, longest), fallen_due(promises, then, now)])
    theirs = _of_customers(pl.concat([named, clocked]), changed, after)
    moved = pl.concat([named, _of_newcomers(theirs, changed)]).unique()
    ids = pl.concat([moved, clocked]).unique()
    nights = _rows_of(ids, changed, after)
    tickets = [_days(night[name], name, now) for night in nights for name in OF_TICKETS]
    lives = _lives(moved, nights, now)
    surveys = [_days(changed.rows(name), name, now) for name in OF_SURVEYS]
    # An answer takes its unit from its ticket.
    surveys += [_days(nights[1][name].filter(is_among(moved[_ID])), name, now) for name in OF_SURVEYS]
    is_told = has_memberships(after)
    placed = [] if is_told else [differing_days((before, after), (then, now))]
    return Touched(
        days={
            "tickets": _distinct(tickets),
            "others": _seen_by_others(changed, acted, nights, then, now),
            "weather": _distinct([*tickets, *_of_spans([*lives, (then.run_on, now.run_on)])]),
            "surveys": _distinct([*surveys, *placed]),
            "recognition": _distinct([_days(changed.rows("recognition"), "recognition", now), *placed]),
            "improvement": _distinct([_days(changed.rows("improvement_event"), "improvement_event", now), *placed]),
        },
        lives=lives,
        tickets=pl.concat(
            [
                ids,
                ripened_tickets(after, then, now),
                with_running_promises(after),
                _of_renamed_customers(changed, before, after),
            ]
        ).unique(),
        changed=ids,
        rows=nights,
        contacts=theirs,
        recognitions=_recognitions(changed, after, then) if is_told else None,
    )


def _rows_of(tickets: pl.DataFrame, changed: Changed, after: Tables) -> tuple[Tables, Tables]:
    """The rows of some tickets on either night. Read once: as they are; as they were is that without what changed."""
    is_meant, names = is_among(tickets[_ID]), (*OF_TICKETS, *OF_SURVEYS)
    now = dict(zip(names, pl.collect_all([after[name].filter(is_meant) for name in names]), strict=True))
    # Of answers those change, too, that are about no ticket.
    then = {name: _as_they_were(name, rows, changed).filter(is_meant) for name, rows in now.items()}
    return ({name: rows.lazy() for name, rows in then.items()}, {name: rows.lazy() for name, rows in now.items()})


def _as_they_were(table: str, rows: pl.DataFrame, changed: Changed) -> pl.DataFrame:
    """Rows as they are, as they were the night before; beside them everything else that changed."""
    same = rows.join(changed.after[table], on=STAGED[table].primary_key(), how="anti")
    return pl.concat([same, changed.before[table].select(rows.columns)])


def _named_tickets(changed: Changed, acted: pl.DataFrame) -> pl.DataFrame:
    """Tickets of which a row changed, an answer or invitation included, and `acted`: those on which somebody acted who
    is seen in another role.
    """
    named = [changed.rows(name).select(_ID) for name in (*OF_TICKETS, *OF_SURVEYS)]
    return pl.concat([*named, acted.lazy()]).drop_nulls().unique().collect()


def _of_customers(tickets: pl.DataFrame, changed: Changed, after: Tables) -> pl.DataFrame:
    """All tickets of those who asked for some tickets, or did before, or answered about them: `contacts.of` with
    ticket_id.
    """
    is_meant, answering = is_among(tickets[_ID]), pl.col("respondent_key").alias(CUSTOMER)
    asked, answered = pl.collect_all(
        [after["ticket"].filter(is_meant).select(CUSTOMER), after["survey_response"].filter(is_meant).select(answering)]
    )
    before = [changed.before["ticket"].select(CUSTOMER), changed.before["survey_response"].select(answering)]
    customers = pl.concat([asked, answered, *before])[CUSTOMER].drop_nulls()
    return contacts.of(after["ticket"].filter(is_among(customers)), _ID).collect()


def _of_newcomers(known: pl.DataFrame, changed: Changed) -> pl.DataFrame:
    """Of `known` contacts those of requesters whose first one moved: ticket_id."""
    told = [*STAGED["ticket"].primary_key(), CUSTOMER, "created_at", "is_deleted"]
    moved = differing_rows(changed.before["ticket"].select(told), changed.after["ticket"].select(told), told)
    theirs = known.join(pl.concat(moved), on=CUSTOMER, how="semi")
    firsts = [
        rows.filter(~pl.col("is_deleted")).group_by(CUSTOMER).agg(pl.col("created_at").min())
        for rows in (_as_they_were("ticket", theirs, changed), theirs)
    ]
    another = firsts[0].join(firsts[1], on=CUSTOMER).filter(pl.col("created_at") != pl.col("created_at_right"))
    return theirs.join(another, on=CUSTOMER, how="semi").select(_ID)


def _seen_by_others(
    changed: Changed, acted: pl.DataFrame, nights: Sequence[Tables], then: Context, now: Context
) -> list[dt.date]:
    """Days on which numbers of another ticket can tell that a ticket changed; `nights` hold the rows of changed ones.

    They see that a customer came with a matter, and the replies. Of a ticket that came, went or is another matter all
    days count, of others those from the first event that changed. Whoever acted in another role did so all along.
    """
    matter = [_ID, "source", "created_at", "requester_key", "category", "is_deleted"]
    old, new = (rows["ticket"].select(matter) for rows in (changed.before, changed.after))
    another = differing_rows(old, new, matter)
    whole = pl.concat([*(rows.select(_ID) for rows in another), acted]).unique().lazy()
    since = changed.rows("ticket_event").group_by(_ID).agg(pl.col("at").min().alias("since"))
    days = [
        _days(night[name].join(whole, on=_ID, how="semi"), name, now)
        for night in nights
        for name in ("ticket", "ticket_event")
    ]
    days += [
        _days(night["ticket_event"].join(since, on=_ID).filter(pl.col("at") >= pl.col("since")), "ticket_event", now)
        for night in nights
    ]
    # What came to pass since.
    days.append(pl.LazyFrame({"on": pl.date_range(then.run_on, now.run_on, eager=True)}))
    return _distinct(days)


def _acted_in_another_role(changed: Changed, before: Tables, after: Tables) -> list[pl.LazyFrame]:
    """Tickets on which somebody acted who is seen in another role."""
    seen = changed.rows("person_role").select(pl.col("person_key").alias("actor_key")).unique()
    return [night["ticket_event"].join(seen, on="actor_key", how="semi").select(_ID) for night in (before, after)]


def _recognitions(changed: Changed, after: Tables, then: Context) -> pl.DataFrame:
    """Recognitions that changed, and those that lay ahead of the night of `then`."""
    came = after["recognition"].filter(pl.col("at") >= moment(then.as_of))
    return pl.concat(rows.select("recognition_id") for rows in (changed.rows("recognition"), came)).unique().collect()


def _of_renamed_customers(changed: Changed, before: Tables, after: Tables) -> pl.DataFrame:
    """Tickets that may show another name of their customer's organisation; see `customer_organisations`."""
    name = "customer_organisation"
    renamed = changed.rows(name).select("customer_organisation_id").unique()
    then, now = (night[name].select("source").unique() for night in (before, after))
    # Whose source begins or ends to name organisations asks others no more, or again.
    by_others = pl.concat([now.join(then, on="source", how="anti"), then.join(now, on="source", how="anti")])
    known = after["ticket"].filter(pl.col("customer_organisation_id").is_not_null())
    found = [
        known.join(renamed, on="customer_organisation_id", how="semi").select(_ID),
        known.join(by_others, on="source", how="semi").select(_ID),
    ]
    return pl.concat(found).unique().collect()


def _lives(moved: pl.DataFrame, nights: Sequence[Tables], now: Context) -> list[Span]:
    """From the first to the last day of each changed ticket, to the night for one that is open; merged."""
    times = [
        night[name].join(moved.lazy(), on=_ID, how="semi").select(_ID, pl.col(column).alias("at"))
        for night in nights
        for name in OF_TICKETS
        for column in TIMES[name]
    ]
    still = (
        nights[-1]["ticket"]
        .join(moved.lazy(), on=_ID, how="semi")
        .filter(is_open())
        .select(_ID, moment(now.as_of).alias("at"))
    )
    day = now.local_day(pl.col("at"))
    spans = pl.concat([*times, still]).drop_nulls().group_by(_ID).agg(day.min().alias("first"), day.max().alias("last"))
    return merged(spans.select("first", "last").unique().collect().iter_rows())


def _days(rows: pl.LazyFrame, table: str, context: Context) -> pl.LazyFrame:
    """The days of rows: column `on`."""
    return (
        pl.concat(rows.select(context.local_day(pl.col(column)).alias("on")) for column in TIMES[table])
        .drop_nulls()
        .unique()
    )


def _of_spans(spans: Sequence[Span]) -> list[pl.LazyFrame]:
    return [pl.LazyFrame({"on": pl.date_range(first, last, eager=True)}) for first, last in spans]


def _distinct(days: list[pl.LazyFrame]) -> list[dt.date]:
    return pl.concat(days).unique().sort("on").collect()["on"].to_list()
