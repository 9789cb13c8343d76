"""Customer effort score: the share of customers who found it easy.

Answers to items of the construct `effort`, where agreement means little effort ("it was easy to have my request
handled"); an item that asks how much effort it took is mapped with `reverse`. Component `main` is the favourable share
on the item's own scale (6-7 of 7, 4-5 of 5), `mean` the mean in points beside it. A customer who answered about several
tickets in the quarter counts once. The mean is not given where items of different scales meet.

Worked example: answers 7, 6, 6, 5 and 2 of five customers on the scale 1-7: 3 / 5 = 0.6; mean 26 / 5 = 5.2.

Of the meanings in use (mean of 1-7, net of easy less difficult, share of favourable) this is the third.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_scores import WORST_CASE, observations

_MEAN = "mean"


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Favourable share with its worst case, and the mean in points."""
    is_mean = pl.col("component") == _MEAN
    answered = rows.filter(is_mean & pl.col("is_favourable").is_not_null())
    scales = answered.group_by(CELL_KEY).agg((pl.col("scale_points").n_unique() > 1).alias("is_mixed"))
    mixed = pl.col("is_mixed")
    means = (
        survey_estimators.mean(rows.filter(is_mean), facts)
        .join(scales, on=CELL_KEY, how="left")
        .with_columns(
            pl.when(mixed).then(pl.lit("not_enough_data")).otherwise("state").alias("state"),
            pl.when(mixed).then(pl.lit("mixed_scales")).otherwise("flags").alias("flags"),
        )
        .drop("is_mixed")
    )
    return pl.concat([survey_estimators.favourable(rows.filter(~is_mean), facts), means], how="diagonal")


KPI = Kpi(
    id="ces",
    version=1,
    title="Customer effort: found it easy",
    sources=("customer_survey",),
    needs=("survey_item", "survey_response"),
    field_needs=("customer_survey:effort",),
    formula="sum of respondents' shares of occasions with a favourable answer to `effort` / respondents; and mean",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", _MEAN, *WORST_CASE),
    unit_of_analysis="respondent: share (mean) of the quarter's occasions (tickets, else days)",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 10.0),
    anchors=(0.4, 0.9),
    pitfalls=(
        "Three numbers go by this name; compare only with one of the same definition and scale.",
        "An item that asks how hard it was, mapped without `reverse`, turns the number round.",
        "The component `mean` is in points of the item's own scale, not a share.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, per component: see `survey_scores.observations`."""
    return observations(facts, "customer", ("effort",), KPI.components)
