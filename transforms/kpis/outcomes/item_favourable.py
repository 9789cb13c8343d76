"""Every single survey item: favourable share, mean and number of respondents, of any survey.

The component is the item (`survey:item` where two surveys use the same item id); variant `main` is the favourable
share, variant `mean` the mean in points of the item's scale. The denominator is the number of respondents. It serves
items that measure no construct too, so a survey can be used before anybody has mapped it.

Worked example: 25, 82, 495 and 846 respondents answer 1, 2, 3 and 4 on a four-point scale: favourable
(495 + 846) / 1448 = 0.9261, mean (25 + 164 + 1485 + 3384) / 1448 = 3.4931.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import DEFAULT
from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_reliability import reliability
from transforms.kpis.survey_scores import asked_counts, occasions
from transforms.texts import filled

MEAN = "mean"


def estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Favourable share in variant main, mean in variant mean."""
    is_mean = pl.col("variant") == MEAN
    shares = survey_estimators.favourable(rows.filter(~is_mean), facts)
    return pl.concat([shares, survey_estimators.mean(rows.filter(is_mean), facts)], how="diagonal")


KPI = Kpi(
    id="item_favourable",
    version=1,
    title="Favourable answers by survey item",
    sources=("employee_survey", "customer_survey"),
    needs=("survey_item", "survey_response"),
    formula="respondents whose answer to the item is favourable / respondents; variant mean: mean answer in points",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("<item>",),
    variants=(DEFAULT, MEAN),
    unit_of_analysis="respondent: share of favourable (mean of) occasions in the quarter",
    person_based=True,
    people=("respondents",),
    bounds=(0.0, 10.0),
    anchors=(0.4, 0.9),
    weight=0.0,
    pitfalls=(
        "Favourable shares of scales of different length are not comparable; neither are their means.",
        "With many items some differ by chance: an item that stands out once is a question, not an answer.",
        "The variant `mean` is in points of the item's own scale, not a share.",
    ),
    estimate=estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per occasion and per unit's invitations, for each item and both variants."""
    surveys_of = facts.table("survey_item").select("survey_id", "item_id").unique()
    shared = pl.len().over("item_id") > 1
    labels = surveys_of.with_columns(
        pl.when(shared).then(filled("{}:{}", "survey_id", "item_id")).otherwise("item_id").alias("component")
    )
    rows = (
        occasions(facts.answers.with_columns(pl.lit(False).alias("must_pair")), by=("item_id",))
        .join(reliability(facts.answers, by=("item_id",)), on=["survey_id", "wave", "item_id"], how="left")
        .join(labels, on=["survey_id", "item_id"])
    )
    if "invitation" in facts.provided:
        rows = pl.concat([rows, asked_counts(facts).join(labels, on="survey_id")], how="diagonal")
    return rows.drop("survey_id", "item_id").join(pl.LazyFrame({"variant": [DEFAULT, MEAN]}), how="cross")
