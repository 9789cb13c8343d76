"""Share of tickets received by an agent that were passed on untouched, like a hot potato.

Every time a ticket comes to an agent is a receipt; it counts in the period of the receipt, for the team that holds the
ticket then. It is a hot potato when another agent has the ticket within 14 days and in between none of us wrote a note
or a public reply. A note written at the moment of passing on counts: it hands over with care. Deleted tickets are left
out. Sources that record neither replies nor notes, or no agents, give `source_missing`.

Worked example: a ticket goes from one agent to a second without a word, from the second to a third with a note, and
stays: three receipts, one hot potato: 1 / 3 = 0.33.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.receipts import receipts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import records, unless_missing

WINDOW_DAYS = 14

KPI = Kpi(
    id="hot_potato_rate",
    version=1,
    title="Tickets passed on untouched",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="receipts passed to another agent within 14 days with no note or public reply in between / receipts",
    unit="share",
    direction="down",
    grains=("month", "quarter"),
    unit_of_analysis="receipt of a ticket by an agent",
    person_based=False,
    people=("agents",),
    maturity_days=WINDOW_DAYS,
    reach=ONE_TICKET,
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.3, 0.0),
    pitfalls=(
        "Where a person assigns all tickets, sorting looks like passing on.",
        "A word across the desk is not seen.",
    ),
    field_needs=("tickets.agent", "event:public_reply|private_note"),
    estimate=unless_missing(proportion, "public_reply_or_note"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per receipt; those of sources without replies and notes serve the coverage alone."""
    counted = facts.tickets.filter(~pl.col("is_deleted")).select(TICKET_KEY)
    judged = records(facts, "public_reply", "private_note")
    soon = pl.col("left_at") - pl.col("received_at") <= pl.duration(days=WINDOW_DAYS)
    untouched = (soon & ~pl.col("is_touched")).fill_null(False)
    return (
        receipts(facts.coded_events)
        .join(counted, on=TICKET_KEY, how="semi")
        .select(
            "org_unit_id",
            facts.context.local_day(pl.col("received_at")).alias("on"),
            (judged & untouched).cast(pl.Float64).alias("numerator"),
            judged.cast(pl.Float64).alias("denominator"),
            pl.when(judged).then("agent_key").alias("agent_key"),
            judged.alias("is_covered"),
            judged.alias("is_recorded"),
        )
    )
