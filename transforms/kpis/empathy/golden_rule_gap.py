"""Golden rule gap: do employees think that customers feel heard more often than customers do?

The share of employees favourable to "our customers feel heard" less the share of customers favourable to "I felt
listened to", of the same unit and quarter. Zero is the aim: those who serve see the service with the eyes of those who
need it. A positive gap is a comfortable picture, a negative one needless modesty. Every employee and every customer
counts once.

Worked example: 8 of 10 employees say that customers feel heard; of 40 customers 26 do: 0.80 - 0.65 = 0.15.

Source: Peter Psichogios, Personalization Principle 3; see the principle. Interval: Newcombe 1998.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_gaps import two_sides_gap
from transforms.kpis.survey_sides import customers_say, employees_say

KPI = Kpi(
    id="golden_rule_gap",
    version=1,
    title="Golden rule gap: heard, as employees and as customers see it",
    sources=("employee_survey", "customer_survey"),
    needs=("survey_item", "survey_response"),
    field_needs=("employee_survey:heard", "customer_survey:heard"),
    formula="employees' favourable share on `heard` - customers' favourable share on `heard`",
    unit="gap",
    direction="zero",
    grains=("quarter",),
    unit_of_analysis="respondent of either survey",
    person_based=True,
    people=("members", "respondents"),
    bounds=(-1.0, 1.0),
    anchors=(0.4, 0.0),
    pitfalls=(
        "Zero is also what two low shares give: read it with heard.",
        "Units without customers of their own have no gap; the unit of a customer is that of the ticket.",
        "The response rate beside it is that of the survey fewer answered.",
    ),
    estimate=two_sides_gap,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation of either survey: see `survey_sides`."""
    return pl.concat([employees_say(facts, ("heard",)), customers_say(facts, ("heard",))], how="diagonal")
