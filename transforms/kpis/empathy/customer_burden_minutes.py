"""How long our customers are kept busy: time in which a ticket waits for them, per solved ticket.

Component `main` is the mean of business minutes in status pending over the tickets solved in the period, for the team
that held them last. Component `share` is that time over all time until the solve, the customer's and ours: a team that
is slow itself would look good by the share alone, so it stands beside the minutes and never instead of them.

Intervals are cluster-robust by team-day. Tickets without a status timeline lower the coverage; a source that never
shows a ticket pending is a missing source. Deleted tickets are left out.

Worked example: three tickets waited 0, 60 and 120 business minutes for the customer, and the customer 60, 60 and 300
for us: main (0 + 60 + 120) / 3 = 60, share 180 / (180 + 420) = 0.30.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY, DEFAULT
from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import ratio
from transforms.kpis.source_gaps import shows_status, unless_missing
from transforms.texts import filled

_SHARE = "share"


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Sum over sum per component; the interval never leaves what the number can be."""
    coverage = rows.group_by(CELL_KEY).agg(pl.col("is_covered").mean().alias("coverage"))
    estimated = ratio()(rows.filter("is_covered"), facts)
    highest = pl.when(pl.col("component") == _SHARE).then(pl.lit(1.0))
    return coverage.join(estimated, on=CELL_KEY, how="left").with_columns(
        pl.col("ci_low").clip(0.0), pl.min_horizontal("ci_high", highest).alias("ci_high")
    )


KPI = Kpi(
    id="customer_burden_minutes",
    version=1,
    title="Time customers are kept busy",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="business minutes spent waiting for the customer / solved tickets; share: / (that + waiting for us)",
    unit="minutes",
    direction="down",
    grains=("month", "quarter"),
    components=(DEFAULT, _SHARE),
    unit_of_analysis="solved ticket",
    person_based=False,
    people=("agents",),
    sees_tickets_alone=True,
    bounds=(0.0, 1_000_000.0),
    anchors=(960.0, 0.0),
    pitfalls=(
        "A customer who is slow to answer makes it high; a good question asked once makes it low.",
        "A clock paused at will looks like a burden on the customer: read it beside clock_integrity.",
    ),
    field_needs=("event:status",),
    estimate=unless_missing(_estimate, "pending_status"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per solved ticket and component; clusters are team-days."""
    theirs, ours = pl.col("agent_wait_business_minutes"), pl.col("requester_wait_business_minutes")
    solved = facts.tickets.filter(pl.col("is_solved") & ~pl.col("is_deleted"))
    covered = theirs.is_not_null()
    return pl.concat(
        solved.select(
            "org_unit_id",
            pl.col("done_on").alias("on"),
            pl.lit(component).alias("component"),
            theirs.fill_null(0.0).alias("numerator"),
            denominator.fill_null(0.0).alias("denominator"),
            pl.when(covered).then("agent_key").alias("agent_key"),
            filled("{} {}", pl.col("org_unit_id").fill_null("unassigned"), "done_on").alias("cluster_key"),
            covered.alias("is_covered"),
            (covered & shows_status(facts, "pending")).alias("is_recorded"),
        )
        for component, denominator in {DEFAULT: pl.lit(1.0), _SHARE: theirs + ours}.items()
    )
