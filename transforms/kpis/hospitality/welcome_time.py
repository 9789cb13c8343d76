"""Business time a person waits for the first public reply by a person.

Components `median` and `p90` of the Kaplan-Meier distribution of business minutes from opening to the first public
reply that no bot wrote. A ticket without a reply has waited until it was over (solved, closed or cancelled), or until
now, and counts as at least that long; leaving it out would reward silence. A ticket counts in the period in which it
was opened, for the team that replied, else the one that holds it. When fewer than half (or nine tenths) were answered,
the component has no number. Deleted tickets are left out, and sources that record no replies at all give
`source_missing`.

Worked example: replies after 10 and 40 minutes and one ticket still waiting after 20: two thirds wait longer than
10, and of the one left all are answered by 40, so the median is 40.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis.company import is_company
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import survival_quantiles

_COMPONENTS = {"median": 0.5, "p90": 0.9}


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Quantiles of the cells that have replies to measure; the company says what is missing when it has none."""
    measured = survival_quantiles(_COMPONENTS)(rows, facts)
    missing = (
        rows.filter(is_company(facts))
        .group_by(CELL_KEY)
        .agg(pl.col("value").is_null().all().alias("is_silent"))
        .filter("is_silent")
        .select(*CELL_KEY, pl.lit("source_missing").alias("state"), pl.lit("missing:public_reply").alias("flags"))
    )
    return pl.concat([measured, missing], how="diagonal")


KPI = Kpi(
    id="welcome_time",
    version=2,
    title="Time to the first human reply",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="Kaplan-Meier median and 90th percentile of business minutes to the first human public reply",
    unit="minutes",
    direction="down",
    grains=("month", "quarter"),
    components=tuple(_COMPONENTS),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    sees_tickets_alone=True,
    bounds=(0.0, 100_000.0),
    anchors=(960.0, 15.0),
    pitfalls=(
        "A quick holding reply is a welcome but no help.",
        "Replies given by telephone are not seen unless the source records them.",
    ),
    field_needs=("event:public_reply",),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket opened and component: business minutes waited, and whether a reply ended them."""
    waits = facts.tickets.filter(~pl.col("is_deleted")).select(
        pl.col("replied_org_unit_id").alias("org_unit_id"),
        pl.col("created_on").alias("on"),
        pl.col("welcome_minutes").alias("value"),
        pl.col("is_welcomed").alias("is_observed"),
        pl.col("replied_agent_key").alias("agent_key"),
    )
    return pl.concat([waits.with_columns(pl.lit(component).alias("component")) for component in _COMPONENTS])
