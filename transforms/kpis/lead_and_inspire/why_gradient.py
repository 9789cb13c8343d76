"""Why gradient: how much better people know what they do than why they do it.

People follow those who share a belief with them; an organisation that tells only what is to be done and how loses
them on the way. `main` is the share of employees favourable to WHAT we do less the share favourable to WHY we do it,
among the same people. `what_minus_how` and `how_minus_why` show on which of the two steps it is lost; together they are
`main`, for all three are about those who answered everything their survey asks of what, how and why. The steps are
shown where every survey of the quarter asks for HOW.

Worked example: of 10 employees 9 are favourable to what, 7 to how and 6 to why: 0.2 is lost from what to how and 0.1
from how to why, the gradient is 0.3.

Source: Simon Sinek's Golden Circle, as Monica Postell uses it; see the principle. Interval: Bonett and Price 2012.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_gaps import paired_gap
from transforms.kpis.survey_pairs import answered_together, differences

_PAIRS = {"main": ("what", "why"), "what_minus_how": ("what", "how"), "how_minus_why": ("how", "why")}

KPI = Kpi(
    id="why_gradient",
    version=1,
    title="Why gradient: what minus why",
    sources=("employee_survey",),
    needs=("survey_item", "survey_response"),
    field_needs=("employee_survey:what", "employee_survey:why"),
    formula="share favourable to WHAT we do - share favourable to WHY we do it, paired; HOW between them",
    unit="gap",
    direction="down",
    grains=("quarter",),
    components=tuple(_PAIRS),
    unit_of_analysis="respondent who answered all that the survey asks of what, how and why",
    person_based=True,
    people=("respondents",),
    bounds=(-1.0, 1.0),
    anchors=(0.4, 0.0),
    pitfalls=(
        "No gradient where nobody knows what they do either: see item_favourable for the levels.",
        "Knowing the reason is not sharing it; ask whether it matters to them, not whether they can recite it.",
        "The two steps exist only where how is asked as well.",
    ),
    estimate=paired_gap,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per respondent, unit, wave and component, and per invitation: see `survey_pairs.differences`."""
    together = answered_together(facts, "employee", {"what": ("what",), "why": ("why",)}, {"how": ("how",)})
    # A step over part of the people beside the whole over all would give the others away.
    all_asked = pl.col("how").is_not_null() | ~pl.col("is_covered").fill_null(False)
    return differences(
        facts, together.with_columns(pl.when(all_asked.all().over("wave")).then("how").alias("how")), _PAIRS
    )
