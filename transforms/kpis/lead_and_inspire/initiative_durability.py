"""How much of an initiative's first lift is still there in weeks 10 to 13.

(mean rate of weeks 10-13 - b) / (mean rate of weeks 1-4 - b), where b is the rate of the 13 weeks before the launch and
rates are acts per active person-week: 1 where the lift has stayed, 0 where it has gone, above 1 where it has grown. The
interval is Fieller's, quasi-Poisson. The component is the initiative. An initiative whose weeks 1 to 4 do not lie
significantly above b has no lift to lose (flag `never_took_off`), and under 13 weeks after the launch it is too early.

Worked example: 100 people; 130 acts in the 13 weeks before, so b = 0.10; 200 in weeks 1-4 (0.50), 80 in weeks 10-13
(0.20): (0.20 - 0.10) / (0.50 - 0.10) = 0.25.

Source: Monica Postell's first key; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis import initiatives
from transforms.kpis.declaration import EVERY_DAY, Kpi
from transforms.kpis.initiatives import NEVER_TOOK_OFF

WEEKS_NEEDED = 13
LOWEST, HIGHEST = -20.0, 20.0


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    found = initiatives.fates(rows).lazy()
    too_early = pl.col("state").is_null() & (pl.col("weeks_after") < WEEKS_NEEDED)
    no_lift = pl.col("verdict") == NEVER_TOOK_OFF
    has_number = pl.col("state").is_null() & ~too_early & ~no_lift
    return found.select(
        *CELL_KEY,
        *(
            pl.when(has_number).then(pl.col(number).clip(LOWEST, HIGHEST)).alias(name)
            for name, number in {
                "value": "durability",
                "ci_low": "durability_low",
                "ci_high": "durability_high",
            }.items()
        ),
        pl.lit("fieller").alias("interval_method"),
        pl.col("exposure").alias("denominator"),
        pl.col("acts").cast(pl.Int64).alias("n_events"),
        pl.when(too_early)
        .then(pl.lit("not_matured"))
        .otherwise(pl.coalesce("state", pl.when(no_lift).then(pl.lit("not_enough_data"))))
        .alias("state"),
        pl.coalesce("flags", pl.when(no_lift & ~too_early).then(pl.lit(NEVER_TOOK_OFF))).alias("flags"),
    )


KPI = Kpi(
    id="initiative_durability",
    version=1,
    title="What is left of an initiative's first lift",
    sources=("recognition", "organisation"),
    needs=("recognition", "initiative"),
    formula="(rate of weeks 10-13 - rate before the launch) / (rate of weeks 1-4 - rate before the launch)",
    unit="index",
    direction="up",
    grains=(initiatives.GRAIN,),
    components=("<initiative>",),
    unit_of_analysis="act of an initiative per active person-week",
    person_based=True,
    people=("members",),
    bounds=(LOWEST, HIGHEST),
    anchors=(0.0, 1.0),
    field_needs=("recognition.giver", "recognition.tags|message"),
    # Everything since the launch and before it.
    reach={"recognition": (EVERY_DAY, 0)},
    pitfalls=(
        "Thirteen weeks are short: a habit that dies after half a year scores 1.",
        "A holiday season in weeks 10 to 13 lowers it without anybody losing interest.",
        "A small first lift divides by a small number; read the interval.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """Weeks and active people per initiative, unit and 13-week window: see `transforms/kpis/initiatives.py`."""
    return initiatives.observations(facts)
