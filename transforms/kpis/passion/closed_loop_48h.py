"""Closed loop: bad answers that a person followed up within 48 business hours.

A bad answer is a questionnaire in which a customer is a detractor (0-6 of 10) or unfavourable on satisfaction. It is
closed when, after it, a person replies publicly on the ticket it is about or on another ticket of the same customer
before 48 hours of opening time (2,880 business minutes) have passed. Answers that could not be followed up, because
neither ticket nor customer was known by then where replies are recorded, lower the coverage. A quarter waits until the
48 hours of all its bad answers have passed. The agent behind a bad answer is the one who holds the ticket.

Worked example: six bad answers in a quarter; three customers get a human reply within 48 business hours, one on the
tenth day, one never, and one answer names neither ticket nor customer: 3 / 5 = 0.6, coverage 5 / 6.

Source: "Defining passion in customer experience management", 2017: feedback is followed up; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.clock import with_business_minutes
from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.company import is_company
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.moments import moment
from transforms.texts import filled

WITHIN_MINUTES = 48 * 60
_CONSTRUCTS = ("recommend", "satisfied")
_HUMAN = ("agent", "unknown")  # a bot and the requester say what they are
_WAYS = ("ticket", "person")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share closed; unripe cells are not_matured, and without any recorded reply the company is source_missing."""
    cells = proportion(rows, facts)
    if facts.events.filter(pl.col("event_type") == "public_reply").head(1).collect().is_empty():
        silent = (pl.lit("source_missing").alias("state"), pl.lit("missing:public_reply").alias("flags"))
        return cells.filter(is_company(facts)).select(*CELL_KEY, *silent)
    unripe = rows.group_by(CELL_KEY).agg(pl.col("is_unripe").any())
    return (
        cells.join(unripe, on=CELL_KEY)
        .with_columns(pl.when("is_unripe").then(pl.lit("not_matured")).alias("state"))
        .drop("is_unripe")
    )


KPI = Kpi(
    id="closed_loop_48h",
    version=2,
    title="Bad answers followed up within 48 business hours",
    sources=("customer_survey", "tickets"),
    needs=("survey_item", "survey_response", "ticket", "ticket_event"),
    field_needs=("customer_survey:recommend|satisfied", "event:public_reply"),
    formula="bad answers followed by a human public reply within 48 business hours / contactable bad answers",
    unit="share",
    direction="up",
    grains=("quarter",),
    unit_of_analysis="questionnaire with a bad answer",
    person_based=True,
    people=("respondents", "agents"),
    # 48 hours of opening time are six days of eight hours, with weekends and holidays up to two weeks.
    maturity_days=14,
    reach=ONE_TICKET | {"others": (0, 14)},
    sees_tickets_alone=True,
    sees_first_contacts=True,
    bounds=(0.0, 1.0),
    anchors=(0.1, 0.95),
    pitfalls=(
        "Calls are seen only where the source records them as a reply.",
        "A reply is not a remedy, and one about something else counts too.",
        "Fewer bad answers make the share jump: read it with the number of answers.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per questionnaire with a bad answer: closed or not; one that cannot be followed up is coverage alone."""
    bad = _bad_answers(facts)
    contacted = _first_contacts(facts, bad)
    midnight = moment(facts.context.as_of)
    timed = bad.join(contacted, on="row", how="left").with_columns(midnight.alias("now"))
    timed = with_business_minutes(timed, "answered_at", "contacted_at", "contact_minutes", facts.context)
    timed = with_business_minutes(timed, "answered_at", "now", "waited_minutes", facts.context)
    is_closed = (pl.col("contact_minutes") <= WITHIN_MINUTES).fill_null(False)
    reachable = pl.col("is_contactable") | is_closed
    return timed.lazy().select(
        "org_unit_id",
        "on",
        pl.when(reachable).then("person").alias("respondent_key"),
        pl.when(reachable).then(pl.coalesce("agent_key", "contact_key")).alias("agent_key"),
        (is_closed & reachable).cast(pl.Float64).alias("numerator"),
        reachable.cast(pl.Float64).alias("denominator"),
        reachable.alias("is_covered"),
        (reachable & ~is_closed & (pl.col("waited_minutes") < WITHIN_MINUTES)).alias("is_unripe"),
    )


def _bad_answers(facts: Facts) -> pl.DataFrame:
    """Questionnaires with a bad answer, numbered: where, when, on which ticket, by whom, and whether in reach then."""
    is_bad = (pl.col("audience") == "customer") & pl.col("construct").is_in(_CONSTRUCTS)
    key = ["source", "survey_id", "response_id"]
    times = facts.table("survey_response").group_by(key).agg(pl.col("answered_at").max())
    # A ticket number that two sources use leads to neither.
    tickets = facts.tickets.filter(pl.len().over("ticket_id") == 1).select(
        "ticket_id", filled("{} {}", *TICKET_KEY).alias("ticket"), "requester_key", "agent_key", "has_reply_events"
    )
    recording = facts.tickets.filter("has_reply_events").select("source").unique()
    customers = (
        facts.contacts.join(recording, on="source", how="semi")
        .group_by(pl.col("requester_key").alias("person"))
        .agg(pl.col("created_at").min().alias("first_at"))
    )
    return (
        facts.answers.filter(is_bad & (pl.col("value") < pl.col("neutral_from")))
        .group_by(key)
        .agg(pl.col("org_unit_id", "on", "ticket_id", "respondent_key").max())
        .join(times, on=key)
        .join(tickets, on="ticket_id", how="left")
        .with_columns(pl.coalesce("respondent_key", "requester_key").alias("person"))
        .join(customers, on="person", how="left")
        .with_columns(
            (
                pl.col("has_reply_events").fill_null(False)
                | (pl.col("first_at") <= pl.col("answered_at")).fill_null(False)
            ).alias("is_contactable")
        )
        .sort(key)
        .with_row_index("row")
        .collect()
    )


def _first_contacts(facts: Facts, bad: pl.DataFrame) -> pl.DataFrame:
    """First human public reply after each answer, on its ticket or to its person: row, contacted_at, contact_key."""
    replies = (
        facts.events.filter((pl.col("event_type") == "public_reply") & pl.col("actor_role").is_in(_HUMAN))
        .join(facts.tickets.select(*TICKET_KEY, pl.col("requester_key").alias("person")), on=TICKET_KEY)
        .select(
            filled("{} {}", *TICKET_KEY).alias("ticket"),
            "person",
            pl.col("at").alias("contacted_at"),
            pl.coalesce("actor_key", "agent_key").alias("contact_key"),
        )
        .collect()
    )
    found = [
        bad.select("row", "answered_at", way)
        .drop_nulls()
        .sort("answered_at")
        .join_asof(
            replies.select(way, "contacted_at", "contact_key")
            .join(bad.select(way).unique(), on=way)
            .sort("contacted_at"),
            left_on="answered_at",
            right_on="contacted_at",
            by=way,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .select("row", "contacted_at", "contact_key")
        for way in _WAYS
    ]
    return (
        pl.concat(found)
        .drop_nulls("contacted_at")
        .sort("row", "contacted_at", "contact_key")
        .unique("row", keep="first", maintain_order=True)
    )
