"""How many people carry an initiative, counted as if each carried the same.

1 / sum of squared shares of the givers in the initiative's acts since its launch: 1 where one person does all, n
where n people do as much each. It names nobody. The component is the initiative. The interval is the multinomial
delta method on the sum of squares, between 1 and the number of givers. A number needs 10 acts.

Worked example: 10 acts by four people, 4, 3, 2 and 1 each: 1 / (0.16 + 0.09 + 0.04 + 0.01) = 3.33 champions.

Source: Monica Postell's first key; see the principle. The index is Simpson's, also known as Hill's number of order 2.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.initiatives import INITIATIVE_KEY
from transforms.kpis import initiatives
from transforms.kpis.declaration import EVERY_DAY, Kpi
from transforms.kpis.initiatives import MINIMUM_ACTS
from transforms.stats.launch import Z


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    givers = rows.group_by(*CELL_KEY, "giver_key").agg(pl.col("numerator").sum().alias("acts"))
    shares = givers.with_columns(share=pl.col("acts") / pl.col("acts").sum().over(CELL_KEY))
    cells = shares.group_by(CELL_KEY).agg(
        (pl.col("share") ** 2).sum().alias("squares"),
        (pl.col("share") ** 3).sum().alias("cubes"),
        pl.col("acts").sum(),
        pl.len().cast(pl.Float64).alias("givers"),
    )
    squares, givers_in_all = pl.col("squares"), pl.col("givers")
    error = (4 * (pl.col("cubes") - squares**2).clip(0.0) / pl.col("acts")).sqrt()
    too_few = pl.col("acts") < MINIMUM_ACTS
    return cells.select(
        *CELL_KEY,
        (1 / squares).alias("value"),
        (1 / (squares + Z * error)).clip(1.0).alias("ci_low"),
        pl.min_horizontal(1 / (squares - Z * error).clip(1 / givers_in_all), givers_in_all).alias("ci_high"),
        pl.lit("multinomial_delta").alias("interval_method"),
        pl.col("acts").alias("denominator"),
        pl.col("acts").cast(pl.Int64).alias("n_events"),
        pl.when(too_few).then(pl.lit("not_enough_data")).alias("state"),
        pl.when(too_few).then(pl.lit("fewer_than_10_acts")).alias("flags"),
    )


KPI = Kpi(
    id="effective_champions",
    version=1,
    title="Effective champions of an initiative",
    sources=("recognition", "organisation"),
    needs=("recognition", "initiative"),
    formula="1 / sum over givers of (their acts / all acts)^2, acts since the launch",
    unit="score",
    direction="up",
    grains=(initiatives.GRAIN,),
    components=("<initiative>",),
    unit_of_analysis="act of an initiative",
    person_based=True,
    people=("givers",),
    bounds=(1.0, 1_000_000.0),
    anchors=(2.0, 50.0),
    anchor_scale="log",
    field_needs=("recognition.giver", "recognition.tags|message"),
    # Everything since the launch and before it.
    reach={"recognition": (EVERY_DAY, 0)},
    pitfalls=(
        "It grows with the number of people addressed: compare an initiative with itself, not with another one.",
        "Many acts of one champion lower it although nothing was taken away; it measures how widely, not how much.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per giver, unit, initiative and 13-week window: acts from the launch to the end of the window."""
    return (
        facts.initiative_acts.filter(pl.col("week") >= 0)
        .join(initiatives.windows(facts), on=INITIATIVE_KEY)
        .filter(pl.col("on") <= pl.col("period_end"))
        .group_by(
            "org_unit_id", "period_grain", "period_start", pl.col("initiative_id").alias("component"), "giver_key"
        )
        .agg(pl.len().cast(pl.Float64).alias("numerator"))
        .with_columns(pl.lit(1.0).alias("denominator"))
    )
