"""Heard: the share of customers who felt listened to.

Favourable answers to "I felt listened to" (4 and 5 of 5, or as the scale map says). A customer who answered about
several tickets in the quarter counts once, by the share of favourable answers.

Worked example: one customer answered 5 and 2 about two tickets (0.5), four others 4, 5, 5 and 3: 3.5 favourable of 5,
so 0.7.

Source: Peter Psichogios, Personalization Principle 3; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

KPI = Kpi(
    id="heard",
    version=1,
    title="Customers felt listened to",
    sources=("customer_survey",),
    needs=("survey_item", "survey_response"),
    formula="sum of respondents' shares of occasions with a favourable answer to `heard` / respondents",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", *WORST_CASE),
    unit_of_analysis="respondent: share of the quarter's occasions (tickets, else days) that is favourable",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 1.0),
    anchors=(0.5, 0.95),
    weight=2.0,
    pitfalls=(
        "Customers who felt ignored may answer less, or more: read it with the response rate and worst-case bounds.",
        "It says what was felt, not what was said; a polite refusal can score high.",
        "Customers of one team differ from those of another: compare a team with itself over time.",
    ),
    field_needs=("customer_survey:heard",),
    estimate=survey_estimators.favourable,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component: see `survey_scores.observations`."""
    return observations(facts, "customer", ("heard",), KPI.components)
