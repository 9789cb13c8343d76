"""Manager reach: the share of direct reports whom their own manager recognised within 13 weeks.

A report counts when, at any time in the window, a recognition came from the person who was the report's manager on
that day; after a change of manager within the unit either will do, while the manager of a unit that the report has
left does not count for the new one. People without a recorded manager are in no denominator.

Worked example: 3 managers have 12 active reports; 9 of those received a recognition from their own manager, 2 only
from colleagues, 1 none: 9 / 12 = 0.75.

Source: Monica Postell's first key; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.recognised import recognised_people

KPI = Kpi(
    id="manager_reach",
    version=1,
    title="Reports recognised by their own manager",
    sources=("recognition", "organisation"),
    needs=("recognition", "membership"),
    formula="active direct reports recognised by their own manager in 13 weeks / active direct reports",
    unit="share",
    direction="up",
    grains=("window_13w",),
    unit_of_analysis="active person with a manager",
    person_based=True,
    people=("members",),
    bounds=(0.0, 1.0),
    anchors=(0.1, 0.8),
    pitfalls=(
        "A team's number is about one manager: it is for that manager's own use, never for a comparison of managers.",
        "Thanks given in person leave no trace in a recognition scheme.",
        "A recognition of the whole group counts for each of its receivers.",
    ),
    field_needs=("organisation.manager",),
    estimate=estimators.proportion_of_units("member_key"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per active person with a manager, unit and 13-week window."""
    return (
        recognised_people(facts, "window_13w")
        .filter(pl.col("manager_key").is_not_null())
        .select(
            "org_unit_id",
            "period_grain",
            "period_start",
            "member_key",
            pl.col("has_from_manager").cast(pl.Float64).alias("numerator"),
            pl.lit(1.0).alias("denominator"),
        )
    )
