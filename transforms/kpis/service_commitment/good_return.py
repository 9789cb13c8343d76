"""Good return: the share of customers who would use or buy again.

Favourable answers to "would use / buy again" (4 and 5 of 5, or as the scale map says). A customer who answered about
several tickets in the quarter counts once, by the share of favourable answers.

Worked example: one customer answers 5 and 3 about two tickets (0.5), four others 5, 4, 4 and 2: 3.5 of 5, so 0.7.

Source: "Service Commitment", 2013, where the customer who comes back is the good return; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

KPI = Kpi(
    id="good_return",
    version=1,
    title="Customers who would come again",
    sources=("customer_survey",),
    needs=("survey_item", "survey_response"),
    field_needs=("customer_survey:would_return",),
    formula="sum of respondents' shares of occasions with a favourable answer to `would_return` / respondents",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", *WORST_CASE),
    unit_of_analysis="respondent: share of the quarter's occasions (tickets, else days) that is favourable",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 1.0),
    anchors=(0.5, 0.95),
    pitfalls=(
        "What customers intend is not what they do; forced_return_rate counts those who had to come back.",
        "Customers without a choice come again whatever they think: it means little for an internal desk.",
        "Answered by those who were asked and cared to: read it with the response rate and worst-case bounds.",
    ),
    estimate=survey_estimators.favourable,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component: see `survey_scores.observations`."""
    return observations(facts, "customer", ("would_return",), KPI.components)
