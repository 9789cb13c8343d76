"""Is somebody there for those who come when we are closed?

Of the tickets opened outside opening hours, the share that one of us answered in public within 60 business minutes of
the next opening; an answer before the opening counts too. A ticket counts in the period in which it was opened, for
the team that answered, else the one that holds it. Bots do not answer. A ticket whose 60 minutes are not over, or that
was closed unanswered before they were, is left out, as are deleted ones; sources that record no replies at all give
`source_missing`.

Worked example: five tickets of the night; three are answered by 10:00, one at 10:01, one never: 3 / 5 = 0.60.
"""

from __future__ import annotations

import polars as pl

from transforms.clock import with_business_minutes
from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import unless_missing

WITHIN_MINUTES = 60.0
# Minutes come from sums of fractions; an answer at 60 minutes to the second is within 60 minutes.
_TINY = 1e-6

KPI = Kpi(
    id="night_guest_rate",
    version=1,
    title="Guests of the night answered within an hour",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="opened outside hours and answered by a person within 60 business minutes of the next opening / opened so",
    unit="share",
    direction="up",
    grains=("month", "quarter"),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    maturity_days=4,
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.1, 0.9),
    pitfalls=(
        "It depends on the opening hours as configured: with hours around the clock there is no night.",
        "A quick holding reply in the morning is a welcome but no help.",
    ),
    field_needs=("event:public_reply",),
    estimate=unless_missing(proportion, "public_reply"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket opened outside hours whose first 60 business minutes are over, or that was answered."""
    moments = (
        facts.tickets.filter(~pl.col("is_deleted"))
        .with_columns((pl.col("created_at") + pl.duration(microseconds=1)).alias("just_after"))
        .collect()
    )
    timed = with_business_minutes(moments, "created_at", "just_after", "open_then", facts.context)
    in_time = pl.col("first_reply_business_minutes") <= WITHIN_MINUTES + _TINY
    waited = pl.col("welcome_minutes") >= WITHIN_MINUTES - _TINY
    judged = pl.col("is_welcomed") | waited.fill_null(True)
    return (
        timed.lazy()
        .filter((pl.col("open_then") == 0) & judged)
        .select(
            pl.col("replied_org_unit_id").alias("org_unit_id"),
            pl.col("created_on").alias("on"),
            (pl.col("is_welcomed") & in_time.fill_null(False)).cast(pl.Float64).alias("numerator"),
            pl.col("has_reply_events").cast(pl.Float64).alias("denominator"),
            pl.when("has_reply_events").then("replied_agent_key").alias("agent_key"),
            pl.col("has_reply_events").alias("is_covered"),
            pl.col("has_reply_events").alias("is_recorded"),
        )
    )
