"""Share of solved tickets that were put right without asking anybody for permission.

A ticket counts in the period and for the team of its first solve. It was solved on own authority when no escalation
and no approval happened up to that solve and it was not reopened within 14 days: a decision that did not last was none.

Where the sources list categories in which agents may decide by themselves, only those count; otherwise all do.
Tickets without a timeline lower the coverage, sources that record neither escalations nor approvals are missing,
deleted tickets are left out.

Worked example: five tickets; one was escalated, one needed an approval, one was reopened after a week: 2 / 5 = 0.40.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.facts.tickets import REOPEN_WINDOW_DAYS
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import records, unless_missing

_ELIGIBLE = "eligible_category"

KPI = Kpi(
    id="own_authority_rate",
    version=1,
    title="Solved on own authority",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="first solved without escalation or approval, not reopened within 14 days / first solved, where eligible",
    unit="share",
    direction="up",
    grains=("month", "quarter"),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    maturity_days=REOPEN_WINDOW_DAYS,
    reach=ONE_TICKET,
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.5, 0.98),
    pitfalls=(
        "Not everything should be decided alone: name the categories in which it should.",
        "Permission asked across a desk is not seen.",
    ),
    field_needs=("event:escalation|approval",),
    estimate=unless_missing(proportion, "escalation_or_approval"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per eligible ticket by its first solve; one that cannot be judged serves the coverage alone."""
    asked = (
        facts.events.filter((pl.col("event_type") == "escalation") | (pl.col("event_type") == "approval"))
        .group_by(TICKET_KEY)
        .agg(pl.col("at").min().alias("asked_at"))
    )
    judged = pl.col("first_solved_at").is_not_null() & records(facts, "escalation", "approval")
    alone = (pl.col("asked_at") > pl.col("first_solved_at")).fill_null(True)
    solved = facts.tickets.filter(
        ~pl.col("is_deleted") & (pl.col("first_solved_at").is_not_null() | pl.col("is_solved"))
    )
    if _ELIGIBLE in facts.provided:
        solved = solved.join(facts.table(_ELIGIBLE).select("category").unique(), on="category", how="semi")
    return solved.join(asked, on=TICKET_KEY, how="left", maintain_order="left").select(
        pl.col("first_solved_org_unit_id").alias("org_unit_id"),
        pl.coalesce("first_solved_on", "done_on").alias("on"),
        (judged & alone & ~pl.col("is_reopened_14d")).fill_null(False).cast(pl.Float64).alias("numerator"),
        judged.cast(pl.Float64).alias("denominator"),
        pl.when(judged).then("first_solved_agent_key").alias("agent_key"),
        judged.alias("is_covered"),
        judged.alias("is_recorded"),
    )
