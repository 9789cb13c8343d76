"""Customer satisfaction: the share of customers whose rating is favourable (the top two of five).

Answers to items of the construct `satisfied`; a scale of another length has its own favourable points in the scale
map. Ratings that are good or bad are points 1 and 0 of the scale 0-1, so that the share is good / (good + bad). A
customer who answered about several tickets in the quarter counts once, by the share of favourable answers.

Worked example: ratings 5, 4, 4, 3 and 1 of five customers: 3 / 5 = 0.6. The mean of the ratings, 3.4, is another
number and stands in item_favourable.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

KPI = Kpi(
    id="csat",
    version=1,
    title="Customer satisfaction",
    sources=("customer_survey",),
    needs=("survey_item", "survey_response"),
    formula="sum of respondents' shares of occasions favourable on `satisfied` (4-5 of 5; good) / respondents",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", *WORST_CASE),
    unit_of_analysis="respondent: share of the quarter's occasions (tickets, else days) that is favourable",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 1.0),
    anchors=(0.6, 0.95),
    pitfalls=(
        "Not comparable with a share of top ratings, or with one per answer: heavy raters weigh more in that.",
        "Answered by those who were asked and cared to: read it with the response rate and worst-case bounds.",
    ),
    field_needs=("customer_survey:satisfied",),
    estimate=survey_estimators.favourable,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component: see `survey_scores.observations`."""
    return observations(facts, "customer", ("satisfied",), KPI.components)
