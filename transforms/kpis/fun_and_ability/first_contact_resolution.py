"""Share of solved tickets that one public reply solved for good.

A ticket counts in the period and for the team of its first solve. It was solved at first contact when exactly one
public reply by a person of ours stands on it up to that solve and it was not reopened within 14 days. A word of thanks
after the solve does not count, nor do bots. This is the definition `one_public_reply_not_reopened_in_14_days`; other
products count differently, and their numbers cannot be compared.

Tickets without a timeline or of a source without replies lower the coverage; where no source records replies the
source is missing. Deleted tickets are left out.

Worked example: five tickets; two solved by their only reply, one by the second, one without any, one by its only reply
but reopened after three days: 2 / 5 = 0.40.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.tickets import REOPEN_WINDOW_DAYS
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import unless_missing

KPI = Kpi(
    id="first_contact_resolution",
    version=1,
    title="Solved at first contact",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="first solved by exactly one public reply of ours and not reopened within 14 days / first solved",
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
    anchors=(0.1, 0.7),
    pitfalls=(
        "A ticket that is solved by telephone has no reply and does not count.",
        "Intricate work takes more than one reply; compare units with a similar mix.",
    ),
    field_needs=("event:public_reply", "event:status"),
    estimate=unless_missing(proportion, "public_reply"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket by its first solve; one that cannot be judged serves the coverage alone."""
    judged = pl.col("first_solved_at").is_not_null() & pl.col("replies_to_first_solve").is_not_null()
    at_once = (pl.col("replies_to_first_solve") == 1) & ~pl.col("is_reopened_14d")
    return facts.tickets.filter(
        ~pl.col("is_deleted") & (pl.col("first_solved_at").is_not_null() | pl.col("is_solved"))
    ).select(
        pl.col("first_solved_org_unit_id").alias("org_unit_id"),
        pl.coalesce("first_solved_on", "done_on").alias("on"),
        (judged & at_once).fill_null(False).cast(pl.Float64).alias("numerator"),
        judged.cast(pl.Float64).alias("denominator"),
        pl.when(judged).then("first_solved_agent_key").alias("agent_key"),
        judged.alias("is_covered"),
        judged.alias("is_recorded"),
    )
