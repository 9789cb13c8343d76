"""Employee net promoter score: share of promoters (9-10 of 10) minus share of detractors (0-6), as a fraction.

Answers of employees to "would you recommend us as an employer" on the scale 0-10, each employee once. Not published
under 30 respondents, because its interval is then wider than the differences anybody acts on.

Worked example: 14 promoters, 16 passives and 10 detractors among 40 employees: (14 - 10) / 40 = 0.1.

Interval: adjusted Wald, with the variance (p + d - (p - d)^2) / n.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

KPI = Kpi(
    id="enps",
    version=1,
    title="Employee net promoter score",
    sources=("employee_survey",),
    needs=("survey_item", "survey_response"),
    field_needs=("employee_survey:recommend_as_employer",),
    formula="share of promoters (9-10) - share of detractors (0-6) among employees, scale 0-10",
    unit="score",
    direction="up",
    grains=("quarter",),
    components=("main", *WORST_CASE),
    unit_of_analysis="respondent",
    person_based=True,
    people=("respondents",),
    bounds=(-1.0, 1.0),
    anchors=(-0.3, 0.5),
    pitfalls=(
        "A fraction from -1 to 1: 0.10 is what is often written as +10.",
        "Employees score lower than customers on the same scale: the two are not comparable.",
        "Most teams have fewer than 30 respondents and therefore no score of their own.",
    ),
    estimate=survey_estimators.net_score,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component; answers on other scales than 0-10 make no net score."""
    return observations(facts, "employee", ("recommend_as_employer",), KPI.components, scale_id="0-10")
