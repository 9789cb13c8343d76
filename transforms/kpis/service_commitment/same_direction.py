"""Same direction: how far the people of a unit agree on whether they are one team with one mission.

`main` is the agreement r_wg = max(0, 1 - s^2 / ((A^2 - 1) / 12)): one less the sample variance of their answers, in
shares of the variance that answers at random on A points would have. 1 is one voice, 0 is no more agreement than dice.
`mean` is the mean answer in points. Several items are pooled by degrees of freedom. Not under 10 respondents; the mean
not where items of different scales meet.

Worked example: ten answers on five points, 4 4 4 4 4 4 5 5 5 3: mean 4.2, variance 3.6 / 9 = 0.4, by chance
24 / 12 = 2, so r_wg = 1 - 0.4 / 2 = 0.8.

Source: "Service Commitment", 2013 (one team, one direction); r_wg: James, Demaree and Wolf 1984.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_estimators import with_response_rate
from transforms.kpis.survey_scores import observations_by_item
from transforms.stats.agreement import within_group_agreement

MINIMUM_RESPONDENTS = 10
_IS_MEAN = pl.col("component") == "mean"


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Agreement (component main) and mean of the respondents' means (component mean)."""
    per_item = (
        rows.filter(~_IS_MEAN & pl.col("value").is_not_null())
        .group_by(*CELL_KEY, "unit_key", "item_id")
        .agg(pl.col("value").mean(), pl.col("scale_points").first())
    )
    agreement = within_group_agreement(per_item, CELL_KEY, "unit_key", "item_id", "value", "scale_points")
    average = survey_estimators.mean(rows.filter(_IS_MEAN), facts).select(
        *CELL_KEY, "value", "ci_low", "ci_high", pl.col("denominator").cast(pl.Int64).alias("n_units")
    )
    scales = rows.filter(pl.col("value").is_not_null()).group_by(CELL_KEY).agg(pl.col("scale_points").n_unique())
    too_few = pl.col("n_units").fill_null(0) < MINIMUM_RESPONDENTS
    mixed = _IS_MEAN & (pl.col("scale_points") > 1)
    cells = (
        scales.join(pl.concat([agreement, average]), on=CELL_KEY, how="left")
        .with_columns(
            pl.col("n_units").cast(pl.Float64).alias("denominator"),
            pl.lit("cluster_robust").alias("interval_method"),
            pl.when(too_few | mixed).then(pl.lit("not_enough_data")).alias("state"),
            pl.when(too_few)
            .then(pl.lit("fewer_than_10_answers"))
            .when(mixed)
            .then(pl.lit("mixed_scales"))
            .alias("flags"),
        )
        .drop("scale_points", "n_units")
    )
    return with_response_rate(cells, rows, facts)


KPI = Kpi(
    id="same_direction",
    version=1,
    title="One team in one direction: agreement",
    sources=("employee_survey",),
    needs=("survey_item", "survey_response"),
    field_needs=("employee_survey:one_mission",),
    formula="max(0, 1 - s^2 / ((A^2 - 1) / 12)) of the answers to `one_mission` on A points; component mean beside it",
    # An agreement close to 1 says what everybody answered, as a share close to 1 does: it is bounded like one.
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", "mean"),
    unit_of_analysis="respondent and item",
    person_based=True,
    minimum_group=MINIMUM_RESPONDENTS,
    people=("respondents",),
    bounds=(0.0, 10.0),
    anchors=(0.3, 0.9),
    pitfalls=(
        "Agreement is not approval: a team can agree that there is no mission. Read it with the mean.",
        "Where nearly all choose the top answer agreement is high for want of room.",
        "The component `mean` is in points of the item's own scale, not a share.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per respondent, item and component, and per invitation: see `survey_scores.observations_by_item`."""
    return observations_by_item(facts, "employee", ("one_mission",), KPI.components)
