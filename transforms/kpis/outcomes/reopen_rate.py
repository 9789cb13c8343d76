"""Share of solved tickets that came back to work within 14 days.

A ticket counts once, in the period in which it was first solved, for the team that held it then. It is reopened when
its status leaves solved or closed for work within 14 days of the solve before; an explicit reopen event counts
as well. The period is measured only when its last day's 14 days have passed. Deleted tickets are left out. Tickets
whose source shows no timeline cannot be judged: they lower the coverage and do not count as unreopened.

Worked example: four tickets first solved in March; one reopened after 3 days, one after 20, two never: 1 / 4 = 0.25.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.tickets import REOPEN_WINDOW_DAYS
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion

KPI = Kpi(
    id="reopen_rate",
    version=1,
    title="Tickets reopened within 14 days",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="tickets first solved in the period and reopened within 14 days of a solve / tickets first solved in it",
    unit="share",
    direction="down",
    grains=("week", "month", "quarter"),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    maturity_days=REOPEN_WINDOW_DAYS,
    reach=ONE_TICKET,
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.2, 0.0),
    pitfalls=(
        "A source that opens a new ticket instead of reopening the old one shows none.",
        "Reopening is also how a customer says that the answer did not help; a low rate may mean nobody dares.",
    ),
    estimate=proportion,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per solved ticket; without a timeline it serves the coverage alone."""
    judged = pl.col("first_solved_at").is_not_null()
    return facts.tickets.filter(~pl.col("is_deleted") & (judged | pl.col("is_solved"))).select(
        pl.col("first_solved_org_unit_id").alias("org_unit_id"),
        pl.coalesce("first_solved_on", "done_on").alias("on"),
        (judged & pl.col("is_reopened_14d")).fill_null(False).cast(pl.Float64).alias("numerator"),
        judged.cast(pl.Float64).alias("denominator"),
        pl.when(judged).then("first_solved_agent_key").alias("agent_key"),
        judged.alias("is_covered"),
    )
