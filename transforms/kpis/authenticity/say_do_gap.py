"""Say-do gap: what employees say of their values, less what customers and the tickets show.

`main` is the share of employees favourable to "we live our values" less the share of customers favourable to "they did
what they said". `promises` sets the same share of employees against the promises kept, as promise_kept_rate counts
them. Zero is the aim in both: a positive gap is a claim that is not met. Each side counts in the unit and quarter in
which it was said or fell due.

Worked example: 16 of 20 employees say that the values are lived; 30 of 50 customers that what was said was done; 450
of 600 promises were kept. main 0.80 - 0.60 = 0.20, promises 0.80 - 0.75 = 0.05.

Source: Personalization Principle 1; see the principle. Interval: Newcombe 1998.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis.commitment import promise_kept_rate
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_gaps import two_sides_gap
from transforms.kpis.survey_sides import customers_say, employees_say, tickets_show

_VALUES = ("values_lived",)
_PROMISES = "promises"

KPI = Kpi(
    id="say_do_gap",
    version=1,
    title="Say-do gap: values as said, and as met",
    sources=("employee_survey", "customer_survey", "tickets"),
    needs=("survey_item", "survey_response"),
    field_needs=("employee_survey:values_lived",),
    formula="employees' share favourable to `values_lived` - customers' to `did_what_they_said`; - promise_kept_rate",
    unit="gap",
    direction="zero",
    grains=("quarter",),
    components=("main", _PROMISES),
    unit_of_analysis="respondent of either survey; component promises: respondent, and promise",
    person_based=True,
    people=("members", "respondents"),
    sees_tickets_alone=True,
    bounds=(-1.0, 1.0),
    anchors=(0.4, 0.0),
    pitfalls=(
        "The two sides answer different questions: watch how the gap moves rather than how far it is from zero.",
        "Generous targets close the gap of the component promises without anybody doing what was said.",
        "For the component promises the respondents are the agents who held them; the interval takes promises as "
        "independent of one another.",
    ),
    estimate=two_sides_gap,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """Rows of either survey (component main); rows of employees and promises due by agent (component promises)."""
    return pl.concat(
        [
            employees_say(facts, _VALUES),
            customers_say(facts, ("did_what_they_said",)),
            employees_say(facts, _VALUES, _PROMISES),
            tickets_show(promise_kept_rate.observe(facts), _PROMISES),
        ],
        how="diagonal",
    )
