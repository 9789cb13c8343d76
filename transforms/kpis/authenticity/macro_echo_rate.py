"""Share of public replies that are a canned answer, word for word or nearly so.

A reply of ours echoes a macro when their similarity is at least 0.9, judged by fingerprint alone: the 63-bit
fingerprints differ in at most 9 bits. No text is kept. A reply counts when it is written, for the team that holds the
ticket then. Replies of bots and customers, and those on deleted tickets, are left out; replies without a text lower
the coverage. Without macros, or where no reply has a text, the source is missing.

Worked example: of four replies one is a macro, one a macro with the customer's name put in, two are written freely:
2 / 4 = 0.50.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.facts.ticket_stretches import HUMAN_ROLES
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import unless_missing
from transforms.staging.text_features import SIMILAR_WITHIN_BITS
from transforms.stats.fingerprints import near_any

KPI = Kpi(
    id="macro_echo_rate",
    version=1,
    title="Replies that echo a canned answer",
    sources=("tickets",),
    needs=("ticket", "ticket_event", "macro"),
    formula="public replies of ours with a similarity of at least 0.9 to a macro / public replies of ours with a text",
    unit="share",
    direction="down",
    grains=("month", "quarter"),
    unit_of_analysis="public reply",
    person_based=False,
    people=("agents",),
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.8, 0.1),
    pitfalls=(
        "A good canned answer to a common question serves the customer; none at all is no aim.",
        "A fingerprint tells that two texts share their words, not that they mean the same; short texts tell little.",
    ),
    field_needs=("tickets.body",),
    estimate=unless_missing(proportion, "reply_text"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per public reply by a person of ours; without a text it serves the coverage alone."""
    counted = facts.tickets.filter(~pl.col("is_deleted")).select(TICKET_KEY)
    replies = (
        facts.events.filter((pl.col("event_type") == "public_reply") & pl.col("actor_role").is_in(HUMAN_ROLES))
        .join(counted, on=TICKET_KEY, how="semi")
        .collect()
    )
    macros = facts.table("macro").select("fingerprint").collect()["fingerprint"]
    echoes = near_any(replies["fingerprint"], macros, SIMILAR_WITHIN_BITS)
    has_text = pl.col("fingerprint").is_not_null()
    return replies.lazy().select(
        "org_unit_id",
        facts.context.local_day(pl.col("at")).alias("on"),
        pl.lit(echoes.fill_null(False)).cast(pl.Float64).alias("numerator"),
        has_text.cast(pl.Float64).alias("denominator"),
        pl.when(has_text).then(pl.coalesce("actor_key", "agent_key")).alias("agent_key"),
        has_text.alias("is_covered"),
        has_text.alias("is_recorded"),
    )
