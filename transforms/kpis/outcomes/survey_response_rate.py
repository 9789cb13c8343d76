"""Survey response rate: invited people who answered / invitations that were delivered.

Components `employee` and `customer`, for the two audiences are not to be mixed. Reminders count once: the unit is one
person in one survey and quarter or, where invitations are about a ticket, one ticket. An answer counts in the quarter
of its invitation.

Worked example: 12 people of a team are invited, one address bounces, two get a reminder, 7 answer: 7 / 11 = 0.64. A
customer asked about three tickets who answers about two is 2 / 3, not one respondent out of three invitations.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import estimators
from transforms.kpis.declaration import Kpi

KPI = Kpi(
    id="survey_response_rate",
    version=1,
    title="Survey response rate",
    sources=("employee_survey", "customer_survey"),
    needs=("invitation", "survey_item", "survey_response"),
    formula="distinct delivered invitations answered in their quarter / distinct delivered invitations",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("employee", "customer"),
    unit_of_analysis="person invited to a survey (about a ticket, where it is about one)",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 1.0),
    anchors=(0.1, 0.8),
    pitfalls=(
        "Counts invited people, so a team in which nobody answered has a number too.",
        "An answer in the quarter after its invitation does not count: keep a wave within one quarter.",
        "A high rate does not make the answers honest, nor a low one make them wrong.",
    ),
    estimate=estimators.proportion,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per distinct delivered invitation that an answer could be matched with."""
    return facts.invited.select(
        "org_unit_id",
        "on",
        pl.col("audience").alias("component"),
        "respondent_key",
        pl.col("is_answered").cast(pl.Float64).alias("numerator"),
        pl.lit(1.0).alias("denominator"),
    )
