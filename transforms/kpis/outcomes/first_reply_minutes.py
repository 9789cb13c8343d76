"""Minutes until a person of ours first replies in public: median and 90th percentile, by the calendar and in business
time.

Kaplan-Meier quantiles over the tickets opened in the period, for the team that replied, else the one that holds the
ticket. A ticket without a reply has waited until it was over (solved, closed or cancelled), or until the night; a
quantile that is not reached has no number. Bots do not reply. Deleted tickets are left out; sources that record no
replies at all give `source_missing`.

Components: `calendar_median`, `calendar_p90`, `business_median`, `business_p90`. The business ones are those of
`welcome_time`, shown here beside what the customer's own clock says.

Worked example: opened on a Monday at 16:00, replied to after 30 minutes, the next day at 10:00, and at 11:00: calendar
median 18 hours = 1080, business median (open 09:00 to 17:00) 60 + 60 = 120.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.declaration import Kpi
from transforms.kpis.source_gaps import unless_missing
from transforms.kpis.ticket_waits import COMPONENTS, ESTIMATED_FROM, quantiles, waits

KPI = Kpi(
    id="first_reply_minutes",
    version=2,
    title="Time to first reply",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="Kaplan-Meier median and 90th percentile of minutes to the first public reply by a person",
    unit="minutes",
    direction="down",
    grains=("week", "month", "quarter"),
    components=COMPONENTS,
    estimated_from=ESTIMATED_FROM,
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    sees_tickets_alone=True,
    bounds=(0.0, 10_000_000.0),
    anchors=(960.0, 15.0),
    anchor_scale="log",
    roll_up_components=("business_median",),
    pitfalls=(
        "A quick holding reply shortens it and helps nobody.",
        "Replies given by telephone are not seen unless the source records them.",
    ),
    field_needs=("event:public_reply",),
    estimate=unless_missing(quantiles, "public_reply"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket opened and component: minutes waited, and whether a reply ended them."""
    opened = facts.tickets.filter(~pl.col("is_deleted")).select(
        *TICKET_KEY,
        pl.col("replied_org_unit_id").alias("org_unit_id"),
        pl.col("created_on").alias("on"),
        "created_at",
        "first_replied_at",
        "censored_at",
        pl.when("has_reply_events").then("replied_agent_key").alias("agent_key"),
        pl.col("has_reply_events").alias("is_recorded"),
    )
    told = waits(opened, facts, ended_at="first_replied_at")
    # Without replies in the source a ticket is not unanswered but unknown.
    return told.with_columns(pl.when("is_recorded").then("value").alias("value")).drop(
        "created_at", "first_replied_at", "censored_at"
    )
