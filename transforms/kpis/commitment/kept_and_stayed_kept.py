"""Share of promised resolutions that were kept and held: not reopened, and the customer not back with the same matter.

A promise of a resolution counts in the period in which it falls due, as in `promise_kept_rate`. It stayed kept when,
within 14 days after it was fulfilled, the ticket was not reopened and its requester opened no other ticket of the same
category. Promises of a reply are left out: a reply cannot be reopened. Tickets without a status timeline cannot be
judged and lower the coverage, as do those whose requester is unknown (they are judged by reopening alone).

Worked example: of five promises due one was late; of the four kept one ticket was reopened after 3 days and one
customer was back after 10 days in the same category: 2 / 5 = 0.40.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.came_back import came_back
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import unless_missing

WINDOW_DAYS = 14

KPI = Kpi(
    id="kept_and_stayed_kept",
    version=1,
    title="Promises kept that stayed kept",
    sources=("tickets",),
    needs=("ticket", "ticket_event", "promise"),
    formula=(
        "promised resolutions kept and within 14 days neither reopened nor asked again / promised resolutions due"
    ),
    unit="share",
    direction="up",
    grains=("week", "month", "quarter"),
    unit_of_analysis="promise",
    person_based=False,
    people=("agents",),
    maturity_days=WINDOW_DAYS,
    reach=ONE_TICKET | {"others": (0, WINDOW_DAYS)},
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.4, 0.95),
    pitfalls=(
        "A customer who is back in the same category may have a new matter.",
        "Broad categories make more returns; compare units with a similar mix.",
    ),
    field_needs=("event:status",),
    estimate=unless_missing(proportion, "status_timeline"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per promise of a resolution that fell due; without a timeline it serves the coverage alone."""
    tickets = facts.tickets.select(
        *TICKET_KEY, "requester_key", "category", "created_at", "reopened_at", "resolution_count"
    )
    due = facts.promises.filter(
        pl.col("is_kept").is_not_null() & ~pl.col("is_cancelled") & (pl.col("metric") == "resolution")
    ).select(
        *TICKET_KEY,
        "org_unit_id",
        pl.col("due_on").alias("on"),
        "agent_key",
        "is_kept",
        pl.coalesce("fulfilled_at", "due_at").alias("moment"),
    )
    judged = came_back(due.join(tickets, on=TICKET_KEY, how="left", maintain_order="left"), facts, WINDOW_DAYS)
    has_timeline = pl.col("resolution_count").is_not_null()
    stayed = pl.col("is_kept") & ~pl.col("is_reopened").fill_null(False) & ~pl.col("is_recontacted").fill_null(False)
    return judged.select(
        "org_unit_id",
        "on",
        (stayed & has_timeline).cast(pl.Float64).alias("numerator"),
        has_timeline.cast(pl.Float64).alias("denominator"),
        pl.when(has_timeline).then("agent_key").alias("agent_key"),
        (has_timeline & pl.col("requester_key").is_not_null()).alias("is_covered"),
        has_timeline.alias("is_recorded"),
    )
