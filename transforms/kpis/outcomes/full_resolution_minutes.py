"""Minutes until a ticket is solved for good: median and 90th percentile, by the calendar and in business time.

Kaplan-Meier quantiles of the time from opening to the last solve over the tickets opened in the period, for the team
that holds them last. A ticket that is not solved, or is back at work, has taken until its source called it over, or
until the night, and counts as at least that long: leaving the unsolved out would reward letting them lie. A quantile
that is not reached has no number. Deleted and cancelled tickets are left out, and so are those that are done, but not
since when, in a source that says when others were solved.

Components: `calendar_median`, `calendar_p90`, `business_median`, `business_p90`.

Worked example: three tickets opened on a Monday at 09:00 and solved after 2 hours, after a day, and never: calendar
median 1440, business median (open 09:00 to 17:00) 480; no 90th percentile.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.ticket_waits import COMPONENTS, ESTIMATED_FROM, quantiles, waits

KPI = Kpi(
    id="full_resolution_minutes",
    version=2,
    title="Time to full resolution",
    sources=("tickets",),
    needs=("ticket",),
    formula="Kaplan-Meier median and 90th percentile of minutes from opening to the last solve",
    unit="minutes",
    direction="down",
    grains=("month", "quarter"),
    components=COMPONENTS,
    estimated_from=ESTIMATED_FROM,
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    maturity_days=14,
    reach=ONE_TICKET,
    sees_tickets_alone=True,
    bounds=(0.0, 10_000_000.0),
    anchors=(4_800.0, 120.0),
    anchor_scale="log",
    roll_up_components=("business_median",),
    pitfalls=(
        "Fast is not well: read it beside the reopen rate and the satisfaction.",
        "Time in which we waited for the customer is part of it; see customer_burden_minutes.",
    ),
    estimate=quantiles,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket opened and component: minutes taken, and whether a solve ended them."""
    cancelled = (pl.col("status") == "cancelled").fill_null(False)
    # The time of the close stands for that of the solve only where a source never tells the latter.
    tells_solves = pl.col("solved_at").is_not_null().any().over("source")
    ended = pl.when("is_solved").then(pl.when(tells_solves).then("solved_at").otherwise("done_at"))
    opened = (
        facts.tickets.with_columns(ended.alias("ended_at"))
        .filter(~pl.col("is_deleted") & ~cancelled & ~(pl.col("is_solved") & pl.col("ended_at").is_null()))
        .select(
            *TICKET_KEY,
            "org_unit_id",
            pl.col("created_on").alias("on"),
            "created_at",
            "ended_at",
            "censored_at",
            "agent_key",
        )
    )
    return waits(opened, facts, ended_at="ended_at").drop("created_at", "ended_at", "censored_at")
