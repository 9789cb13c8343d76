"""Share of promises that were kept, among all that fell due.

A promise is one instance of a service-level target on a ticket. It counts in the period in which it falls due,
whether it was settled or is still open: an unkept promise cannot leave the number by staying open. It is kept when
it was fulfilled at or before its target, as applied at the time and on its own clock; where the source gives a
verdict instead of a target it is due when settled. Cancelled promises and those on deleted, spam or merged tickets
are left out.

Coverage is the share of the period's new tickets on which any promise was made: a team that promises little keeps
much easily.

Worked example: of five promises due in a week three were fulfilled in time, one late, one is open past its target and
a sixth was cancelled: 3 / 5 = 0.60.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import proportion

KPI = Kpi(
    id="promise_kept_rate",
    version=1,
    title="Promises kept",
    sources=("tickets",),
    needs=("promise",),
    formula="promises due in the period and fulfilled at or before their target / promises due in the period",
    unit="share",
    direction="up",
    grains=("week", "month", "quarter"),
    unit_of_analysis="promise",
    person_based=False,
    people=("agents",),
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.5, 0.98),
    weight=2.0,
    pitfalls=(
        "Generous targets make it high; read it beside the coverage and the waiting times.",
        "A clock paused at will keeps promises on paper.",
    ),
    estimate=proportion,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per promise due (0 or 1), and one per ticket opened that serves the coverage alone."""
    due = facts.promises.filter(pl.col("is_kept").is_not_null() & ~pl.col("is_cancelled")).select(
        "org_unit_id",
        pl.col("due_on").alias("on"),
        pl.col("is_kept").cast(pl.Float64).alias("numerator"),
        pl.lit(1.0).alias("denominator"),
        "agent_key",
        pl.lit(None, dtype=pl.Boolean).alias("is_covered"),
    )
    promised = facts.promises.select(TICKET_KEY).unique().with_columns(pl.lit(True).alias("is_covered"))
    opened = (
        facts.tickets.filter(~pl.col("is_deleted"))
        .join(promised, on=TICKET_KEY, how="left", maintain_order="left")
        .select(
            "org_unit_id",
            pl.col("created_on").alias("on"),
            pl.lit(0.0).alias("numerator"),
            pl.lit(0.0).alias("denominator"),
            pl.lit(None, dtype=pl.String).alias("agent_key"),
            pl.col("is_covered").fill_null(False),
        )
    )
    return pl.concat([due, opened])
