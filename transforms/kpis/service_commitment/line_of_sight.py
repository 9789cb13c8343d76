"""Line of sight: the share of employees who see why their job matters to customers.

A person who knows what difference the work makes serves; one who does not works off tasks. Each respondent's answers
to the items "why my job matters to customers" and "the difference my work makes" are averaged; the respondent counts
as favourable when the mean reaches the lowest favourable point of the scale (4 of 5). Skipped and not-applicable
answers leave the mean; who gave no answer leaves the denominator.

Worked example: answers 5 and 3 (mean 4), 4 and 3 (3.5), 5 (5) make 2 favourable of 3, so 0.67. Ten people were
invited: at worst the 7 silent ones see nothing, 2 / 10 = 0.2; at best all do, 9 / 10 = 0.9.

Source: "Service Commitment", 2013; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

CONSTRUCTS = ("why_my_job_matters", "difference_i_make")

KPI = Kpi(
    id="line_of_sight",
    version=1,
    title="See why their work matters to customers",
    sources=("employee_survey",),
    needs=("survey_item", "survey_response"),
    formula="respondents whose mean over the items of the two constructs is favourable / respondents",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", *WORST_CASE),
    unit_of_analysis="respondent: mean over the items of both constructs",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 1.0),
    anchors=(0.4, 0.9),
    weight=2.0,
    pitfalls=(
        "Those who did not answer may see less: read it with the response rate and the worst-case bounds.",
        "A favourable mean can hide one unfavourable item; see item_favourable.",
        "An invitation and its answer in different quarters do not meet: keep a wave within one quarter.",
    ),
    field_needs=("employee_survey:why_my_job_matters|difference_i_make",),
    estimate=survey_estimators.favourable,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component: see `survey_scores.observations`."""
    return observations(facts, "employee", CONSTRUCTS, KPI.components)
