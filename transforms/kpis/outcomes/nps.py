"""Net promoter score: share of promoters (9-10 of 10) minus share of detractors (0-6), as a fraction.

Answers of customers to items of the construct `recommend` on the scale 0-10. A customer who answered about several
tickets in the quarter counts once: 10 about one and 7 about another is half a promoter. Not published under 30
respondents, because its interval is then wider than the differences anybody acts on.

Worked example: 1,436 promoters and 342 detractors among 2,746 respondents: (1436 - 342) / 2746 = 0.3984.

Interval: adjusted Wald, with the variance (p + d - (p - d)^2) / n.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

KPI = Kpi(
    id="nps",
    version=1,
    title="Net promoter score",
    sources=("customer_survey",),
    needs=("survey_item", "survey_response"),
    formula="share of promoters (9-10) - share of detractors (0-6) among respondents, scale 0-10",
    unit="score",
    direction="up",
    grains=("quarter",),
    components=("main", *WORST_CASE),
    unit_of_analysis="respondent: share of the quarter's occasions (tickets, else days)",
    person_based=True,
    people=("respondents",),
    bounds=(-1.0, 1.0),
    anchors=(-0.2, 0.6),
    pitfalls=(
        "A fraction from -1 to 1: 0.40 is what is often written as +40.",
        "The same score can come from very different answers; see item_favourable for the mean.",
        "Says what customers intend, not whether they came back.",
    ),
    field_needs=("customer_survey:recommend",),
    estimate=survey_estimators.net_score,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component; answers on other scales than 0-10 make no net score."""
    return observations(facts, "customer", ("recommend",), KPI.components, scale_id="0-10")
