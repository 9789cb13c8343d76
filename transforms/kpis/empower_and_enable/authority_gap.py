"""Authority gap: do people have the authority they say they have?

The share of employees favourable to "I have the authority to put things right" less the share of tickets solved on
own authority (own_authority_rate) of the same unit and quarter. Zero is the aim: what people feel they may do is what
they do. A positive gap is authority on paper that still asks upwards; a negative one is authority used by people who do
not feel they have it.

Worked example: 15 of 20 employees say that they have the authority; of 60 solved tickets 36 needed nobody's leave and
stayed solved: 0.75 - 0.60 = 0.15.

Source: the second of Monica Postell's keys; see the principle. Interval: Newcombe 1998.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.empower_and_enable import own_authority_rate
from transforms.kpis.survey_gaps import two_sides_gap
from transforms.kpis.survey_sides import employees_say, tickets_show

KPI = Kpi(
    id="authority_gap",
    version=1,
    title="Authority gap: felt, and used",
    sources=("employee_survey", "tickets"),
    needs=("survey_item", "survey_response", *own_authority_rate.KPI.needs),
    field_needs=("employee_survey:authority", *own_authority_rate.KPI.field_needs),
    formula="employees' share favourable to `authority` - own_authority_rate",
    unit="gap",
    direction="zero",
    grains=("quarter",),
    unit_of_analysis="respondent, and solved ticket",
    person_based=True,
    people=("members", "respondents"),
    maturity_days=own_authority_rate.KPI.maturity_days,
    reach=ONE_TICKET,
    sees_tickets_alone=True,
    bounds=(-1.0, 1.0),
    anchors=(0.4, 0.0),
    pitfalls=(
        "The two shares have different units; watch how the gap moves rather than how far it is from zero.",
        "Where agents cannot escalate at all the tickets show authority that nobody feels.",
        "The respondents of the ticket side are the agents who solved; its interval takes tickets as independent.",
    ),
    estimate=two_sides_gap,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """Rows of employees' answers and invitations, and of solved tickets by agent: see `survey_sides`."""
    sides = [employees_say(facts, ("authority",)), tickets_show(own_authority_rate.observe(facts))]
    return pl.concat(sides, how="diagonal")
