"""Share of solved tickets with evidence that the customer was served, and not only that the task was closed.

A ticket counts in the period and for the team of its first solve. Evidence, within 7 days after the solve and before
any reopening, is one of:

* a confirmation: the requester replies without the ticket being reopened within the 7 days, or the requester solves
  or closes the ticket;
* a rating: of the ticket, in the ticket system or by an answered customer survey about it, good or bad;
* a follow-up: one of us writes again, in public or in a note, after the moment of the solve.

A ticket that a timer closes has none of these. Where neither replies nor ratings are recorded at all the source is
missing; a ticket of a source that records neither lowers the coverage. Deleted tickets are left out.

Worked example: five tickets solved; one customer thanks, one rates after 5 days, one is telephoned and a note says so,
one is closed by a timer, one customer writes and the ticket is reopened: 3 / 5 = 0.60.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.facts.ticket_stretches import HUMAN_ROLES
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import records, unless_missing

WINDOW_DAYS = 7

KPI = Kpi(
    id="service_not_task",
    version=1,
    title="Service rather than task",
    sources=("tickets", "customer_survey"),
    needs=("ticket", "ticket_event"),
    formula="first solved with a confirmation, rating or follow-up within 7 days / first solved",
    unit="share",
    direction="up",
    grains=("month", "quarter"),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    maturity_days=WINDOW_DAYS,
    reach=ONE_TICKET | {"surveys": (0, 0)},
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.1, 0.7),
    pitfalls=(
        "A bad rating is evidence too: it says that the customer was asked, not that the customer is content.",
        "Where few customers are asked for a rating, few give one.",
        "Follow-ups by telephone are not seen unless somebody notes them.",
    ),
    field_needs=("event:public_reply|rating",),
    estimate=unless_missing(proportion, "public_reply_or_rating"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket by its first solve; without a timeline or anything to go by it serves the coverage alone."""
    judged = pl.col("first_solved_at").is_not_null() & pl.col("can_be_seen")
    solved = facts.tickets.filter(
        ~pl.col("is_deleted") & (pl.col("first_solved_at").is_not_null() | pl.col("is_solved"))
    ).with_columns(_can_be_seen(facts).alias("can_be_seen"))
    told = solved.join(_evidence(facts), on=TICKET_KEY, how="left", maintain_order="left")
    return told.select(
        pl.col("first_solved_org_unit_id").alias("org_unit_id"),
        pl.coalesce("first_solved_on", "done_on").alias("on"),
        (judged & pl.col("has_evidence").fill_null(False)).cast(pl.Float64).alias("numerator"),
        judged.cast(pl.Float64).alias("denominator"),
        pl.when(judged).then("first_solved_agent_key").alias("agent_key"),
        judged.alias("is_covered"),
        judged.alias("is_recorded"),
    )


def _can_be_seen(facts: Facts) -> pl.Expr:
    """Replies or ratings are recorded for the ticket's source, or a survey asks about its tickets."""
    asked = facts.tickets.join(_rated_by_survey(facts).select("ticket_id").unique(), on="ticket_id", how="semi")
    surveyed = pl.col("source").is_in(asked.select("source").unique().collect()["source"].implode())
    return records(facts, "public_reply", "rating") | surveyed


def _evidence(facts: Facts) -> pl.LazyFrame:
    """Tickets with `has_evidence`."""
    solves = (
        facts.tickets.filter(pl.col("first_solved_at").is_not_null())
        .select(
            *TICKET_KEY,
            pl.col("first_solved_at").alias("solve_at"),
            (pl.col("first_solved_at") + pl.duration(days=WINDOW_DAYS)).alias("window_to"),
            pl.col("reopened_at").list.eval(pl.element().min()).list.first().alias("first_reopened_at"),
        )
        .with_columns(pl.min_horizontal("window_to", "first_reopened_at").alias("until"))
        .with_columns((pl.col("first_reopened_at") <= pl.col("window_to")).fill_null(False).alias("comes_back"))
    )
    after, at_solve = pl.col("at") > pl.col("solve_at"), pl.col("at") == pl.col("solve_at")
    # What is written at the moment of reopening belongs to it.
    before_reopening = (pl.col("at") <= pl.col("until")) & (pl.col("at") != pl.col("first_reopened_at")).fill_null(True)
    kind, by_requester = pl.col("event_type"), pl.col("actor_role") == "requester"
    reply, note = kind == "public_reply", kind == "private_note"
    finishes = (kind == "status") & pl.col("value").is_in(("solved", "closed")) & by_requester
    confirms = ((reply & by_requester & after) | (finishes & (after | at_solve))) & ~pl.col("comes_back")
    follows_up = (reply | note) & pl.col("actor_role").is_in(HUMAN_ROLES) & after
    in_tickets = (
        facts.events.filter(reply | note | (kind == "rating") | (kind == "status"))
        .join(solves, on=TICKET_KEY)
        .filter(before_reopening & (confirms | follows_up | ((kind == "rating") & (after | at_solve))))
        .select(TICKET_KEY)
    )
    by_survey = (
        _rated_by_survey(facts)
        .join(solves, on="ticket_id")
        .filter((after | at_solve) & before_reopening)
        .select(TICKET_KEY)
    )
    return pl.concat([in_tickets, by_survey]).unique().with_columns(pl.lit(True).alias("has_evidence"))


def _rated_by_survey(facts: Facts) -> pl.LazyFrame:
    """Answered customer surveys about a ticket: ticket_id, at."""
    of_customers = facts.table("survey_item").filter(pl.col("audience") == "customer").select("survey_id").unique()
    return (
        facts.table("survey_response")
        .join(of_customers, on="survey_id", how="semi")
        .filter(pl.col("ticket_id").is_not_null() & pl.col("value").is_not_null())
        .select("ticket_id", pl.col("answered_at").alias("at"))
        .unique()
    )
