"""Recognition rate: recognitions received per 100 active people in the quarter.

Recognitions belong to the receiver's team on the day; those to oneself are left out. A message to five people is five
recognitions. The interval takes the receiver as cluster, for who is recognised once is likely to be again.

Worked example: a team of 8 active people receives 5 recognitions, and one goes to a member who left early in the
quarter: 6 / 8 * 100 = 75.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import recognised
from transforms.kpis.declaration import Kpi

KPI = Kpi(
    id="recognition_rate",
    version=1,
    title="Recognitions per 100 people",
    sources=("recognition", "organisation"),
    needs=("recognition",),
    formula="100 * recognitions received by people of the unit / active people of the unit",
    unit="rate",
    direction="up",
    grains=("quarter",),
    unit_of_analysis="active person",
    person_based=True,
    people=("members",),
    bounds=(0.0, 100_000.0),
    anchors=(10.0, 150.0),
    pitfalls=(
        "A count, not a reach: a few people may receive nearly all of it; see recognition_reach.",
        "Schemes with points or quotas produce volume of their own.",
        "Without a membership source only people seen in an event count as active, which raises the rate.",
    ),
    estimate=recognised.rate_per_100,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per person, unit and quarter: recognitions received there, and whether the person is active there."""
    return recognised.receipts(facts, "quarter")
