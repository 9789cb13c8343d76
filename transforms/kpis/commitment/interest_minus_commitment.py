"""Interest minus commitment: how many more speak up for company and vision than for keeping promises in bad weather.

Interest is cheap. Each employee's answers to the items on company and vision are averaged, and so are those to the
items on living the values when it is inconvenient and on keeping promises; each mean is favourable or not. The number
is the share favourable to the first less the share favourable to the second, among the same people: positive means
merely interested, zero or less means that commitment keeps pace. Only who answered both sides is compared.

Worked example: of 10 employees 8 are favourable to company and vision and 5 of these also to values and promises; one
more is favourable to values and promises alone. 8 / 10 - 6 / 10 = 0.2: three say only the first, one only the second.

Source: Peter Psichogios, Personalization Principle 4; see the principle. Interval: Bonett and Price 2012.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_gaps import paired_gap
from transforms.kpis.survey_pairs import answered_together, differences

_INTEREST, _COMMITMENT = "interest", "commitment"
SIDES = {_INTEREST: ("company", "vision"), _COMMITMENT: ("values_when_inconvenient", "promises")}

KPI = Kpi(
    id="interest_minus_commitment",
    version=1,
    title="Interest minus commitment",
    sources=("employee_survey",),
    needs=("survey_item", "survey_response"),
    field_needs=tuple(f"employee_survey:{'|'.join(constructs)}" for constructs in SIDES.values()),
    formula="share favourable to company, vision - share favourable to values when inconvenient, promises; paired",
    unit="gap",
    direction="down",
    grains=("quarter",),
    unit_of_analysis="respondent who answered both sides",
    person_based=True,
    people=("respondents",),
    bounds=(-1.0, 1.0),
    anchors=(0.4, 0.0),
    pitfalls=(
        "A small gap of two low shares is no commitment; see item_favourable for the levels.",
        "It is what people say about inconvenient days; rain_gap shows what happened on them.",
        "Items that are easier to agree with widen the gap: compare it with itself over time.",
    ),
    estimate=paired_gap,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per respondent, unit and wave, and per invitation: see `survey_pairs.differences`."""
    return differences(facts, answered_together(facts, "employee", SIDES), {"main": (_INTEREST, _COMMITMENT)})
