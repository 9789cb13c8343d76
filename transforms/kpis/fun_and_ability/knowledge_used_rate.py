"""Share of solved tickets on which the organisation's knowledge was put to use.

A ticket counts in the period and for the team of its first solve. Knowledge was used when an article was linked or
sent up to that solve (an event of type `knowledge`). Tickets without a timeline lower the coverage, sources that
record no such events are missing, deleted tickets are left out.

Worked example: four tickets solved; an article was linked to two before and to one after the solve: 2 / 4 = 0.50.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import records, unless_missing

KPI = Kpi(
    id="knowledge_used_rate",
    version=1,
    title="Solved with shared knowledge",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="first solved with a knowledge article linked up to the solve / first solved",
    unit="share",
    direction="up",
    grains=("month", "quarter"),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.0, 0.6),
    pitfalls=(
        "A link that is set because links are counted helps nobody; the number does not see who reads.",
        "Who knows the article by heart does not link it.",
    ),
    field_needs=("event:knowledge",),
    estimate=unless_missing(proportion, "knowledge"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket by its first solve; one that cannot be judged serves the coverage alone."""
    linked = (
        facts.events.filter(pl.col("event_type") == "knowledge")
        .group_by(TICKET_KEY)
        .agg(pl.col("at").min().alias("linked_at"))
    )
    judged = pl.col("first_solved_at").is_not_null() & records(facts, "knowledge")
    used = (pl.col("linked_at") <= pl.col("first_solved_at")).fill_null(False)
    solved = facts.tickets.filter(
        ~pl.col("is_deleted") & (pl.col("first_solved_at").is_not_null() | pl.col("is_solved"))
    )
    return solved.join(linked, on=TICKET_KEY, how="left", maintain_order="left").select(
        pl.col("first_solved_org_unit_id").alias("org_unit_id"),
        pl.coalesce("first_solved_on", "done_on").alias("on"),
        (judged & used).cast(pl.Float64).alias("numerator"),
        judged.cast(pl.Float64).alias("denominator"),
        pl.when(judged).then("first_solved_agent_key").alias("agent_key"),
        judged.alias("is_covered"),
        judged.alias("is_recorded"),
    )
