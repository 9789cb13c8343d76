"""Share of solved tickets whose customer had to come back within a week with the same kind of matter.

A ticket counts in the period and for the team of its first solve. Its customer is back when, within 7 days after that
solve, the same requester opens another ticket of the same category (component `main`). In systems where a customer's
answer reopens the old ticket, few open another: component `or_reopened` counts a reopening within the 7 days as well.

Tickets whose requester is unknown cannot be judged and lower the coverage; deleted ones are left out, and are no
return either.

Worked example: four tickets of one category; one customer opens another ticket after 3 days, one after 10, and one
ticket is reopened after 2 days: 1 / 4 = 0.25, with reopenings 2 / 4 = 0.50.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import DEFAULT
from transforms.facts import Facts
from transforms.kpis.came_back import came_back
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import unless_missing

WINDOW_DAYS = 7
_OR_REOPENED = "or_reopened"

KPI = Kpi(
    id="forced_return_rate",
    version=1,
    title="Customers forced to come back",
    sources=("tickets",),
    needs=("ticket",),
    formula="first solved with the same requester and category back within 7 days / first solved",
    unit="share",
    direction="down",
    grains=("month", "quarter"),
    components=(DEFAULT, _OR_REOPENED),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    maturity_days=WINDOW_DAYS,
    reach=ONE_TICKET | {"others": (0, WINDOW_DAYS)},
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.3, 0.0),
    pitfalls=(
        "A customer who is back in the same category may have a new matter.",
        "Who asks often for many people, such as a reception, is back without being forced.",
        "A customer who gives up never comes back.",
    ),
    field_needs=("tickets.requester",),
    estimate=unless_missing(proportion, "requester"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket and component, by its first solve; without a requester it serves the coverage alone."""
    moment = pl.coalesce("first_solved_at", "done_at")
    solved = facts.tickets.filter(~pl.col("is_deleted") & moment.is_not_null()).with_columns(moment.alias("moment"))
    judged = pl.col("requester_key").is_not_null()
    back = pl.col("is_recontacted").fill_null(False)
    returns = {DEFAULT: back, _OR_REOPENED: back | pl.col("is_reopened").fill_null(False)}
    known = came_back(solved, facts, WINDOW_DAYS)
    return pl.concat(
        known.select(
            pl.col("first_solved_org_unit_id").alias("org_unit_id"),
            facts.context.local_day(pl.col("moment")).alias("on"),
            pl.lit(component).alias("component"),
            (judged & returned).cast(pl.Float64).alias("numerator"),
            judged.cast(pl.Float64).alias("denominator"),
            pl.when(judged).then("first_solved_agent_key").alias("agent_key"),
            judged.alias("is_covered"),
            judged.alias("is_recorded"),
        )
        for component, returned in returns.items()
    )
