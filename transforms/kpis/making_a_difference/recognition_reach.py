"""Recognition reach: how many of the active people were recognised, and how many recognised somebody.

Components: `receivers`, the share of active people who received a recognition in the quarter; `givers`, the share
who gave one; `never_recognised`, the share who received none, as a band of a fifth (the value is the band's middle, the
interval its ends, the verdict its name). Recognitions to oneself do not count. The quarter stands for 13 weeks.

Worked example: of 10 active people 6 received at least one recognition and 4 gave one: receivers 0.6, givers 0.4,
never recognised 0.4, which is the band 0.4 to 0.6.

Source: the Fred principles; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import recognised
from transforms.kpis.declaration import Kpi

KPI = Kpi(
    id="recognition_reach",
    version=1,
    title="Recognition reach",
    sources=("recognition", "organisation"),
    needs=("recognition",),
    formula="active people who received (gave) a recognition in the quarter / active people",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("receivers", "givers", "never_recognised"),
    unit_of_analysis="active person",
    person_based=True,
    people=("members",),
    bounds=(0.0, 1.0),
    anchors=(0.2, 0.9),
    weight=2.0,
    pitfalls=(
        "Reach, not warmth: one routine message counts like a heartfelt one.",
        "The component never_recognised goes the other way: less is better.",
        "Without a membership source active people are those seen in an event, so reach is overstated.",
    ),
    estimate=recognised.reach,
)

_MARKS = {
    "receivers": pl.col("has_received"),
    "givers": pl.col("has_given"),
    "never_recognised": ~pl.col("has_received"),
}


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per active person, unit, quarter and component."""
    people = recognised.recognised_people(facts, "quarter")
    return pl.concat(
        people.select(
            "org_unit_id",
            "period_grain",
            "period_start",
            "member_key",
            pl.lit(component).alias("component"),
            mark.cast(pl.Float64).alias("numerator"),
            pl.lit(1.0).alias("denominator"),
        )
        for component, mark in _MARKS.items()
    )
