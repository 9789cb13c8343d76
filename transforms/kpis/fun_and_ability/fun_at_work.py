"""Fun at work: the share of employees who enjoy it.

Favourable answers of employees to the items of the construct `fun`. Friendliness that is not a pose needs people who
like what they do; without it, the principle says, the other principles do not help a customer.

Worked example: of 12 employees 8 answer 4 or 5, 3 answer 3 and one answers 1: 8 / 12 = 0.67.

Source: Peter Psichogios, who names fun beside ability; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

KPI = Kpi(
    id="fun_at_work",
    version=1,
    title="Enjoy their work",
    sources=("employee_survey",),
    needs=("survey_item", "survey_response"),
    field_needs=("employee_survey:fun",),
    formula="respondents whose mean over the items of `fun` is favourable / respondents",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", *WORST_CASE),
    unit_of_analysis="respondent: mean over the items of the construct",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 1.0),
    anchors=(0.3, 0.85),
    pitfalls=(
        "Fun that is ordered is none: a target for it defeats it.",
        "Those who did not answer may enjoy it less: read it with the response rate and the worst-case bounds.",
    ),
    estimate=survey_estimators.favourable,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component: see `survey_scores.observations`."""
    return observations(facts, "employee", ("fun",), KPI.components)
