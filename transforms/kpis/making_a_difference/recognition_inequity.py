"""How much less evenly recognition is spread over people than chance alone would spread it.

The Gini coefficient of the recognitions that each active person received in the quarter, n / (n - 1) corrected, minus
its expectation if everybody were as likely to receive each of them: fair Poisson receipts, given their total. A raw
Gini measures how little is given: at half a recognition per person it is 0.67 without any unfairness. 0 is fair,
below 0 is more even than chance (a rota), above 0 some are left out. The interval is the jackknife over people.

A number needs 10 active people and 10 recognitions. Recognitions to oneself do not count.

Worked example: 10 people receive 0, 0, 1, 3, 2, 0, 7, 1, 1 and 4. The mean difference between two of them is 2.42,
the mean 1.9: Gini 2.42 / 3.8 = 0.637. Fair receipts of 19 give 0.398, so the inequity is 0.239.

Source: the Fred principles; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis import recognised
from transforms.kpis.declaration import Kpi
from transforms.stats.inequality import excess_gini

MINIMUM_PEOPLE, MINIMUM_RECOGNITIONS = 10, 10


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    people = rows.group_by(*CELL_KEY, "member_key").agg(pl.col("numerator").sum())
    found = excess_gini(people, CELL_KEY, "numerator").lazy()
    too_small, too_few = pl.col("people") < MINIMUM_PEOPLE, pl.col("total") < MINIMUM_RECOGNITIONS
    return found.select(
        *CELL_KEY,
        "value",
        pl.col("ci_low", "ci_high").clip(-1.0, 1.0),
        pl.lit("jackknife").alias("interval_method"),
        pl.col("people").alias("denominator"),
        pl.col("total").cast(pl.Int64).alias("n_events"),
        pl.when(too_small | too_few).then(pl.lit("not_enough_data")).alias("state"),
        pl.when(too_small)
        .then(pl.lit("fewer_than_10_people"))
        .when(too_few)
        .then(pl.lit("fewer_than_10_recognitions"))
        .alias("flags"),
    )


KPI = Kpi(
    id="recognition_inequity",
    version=1,
    title="Unevenness of recognition beyond chance",
    sources=("recognition", "organisation"),
    needs=("recognition",),
    formula="n / (n - 1) * Gini of recognitions received by active people - its expectation for fair Poisson receipts",
    unit="index",
    direction="down",
    grains=("quarter",),
    unit_of_analysis="active person",
    person_based=True,
    minimum_group=MINIMUM_PEOPLE,
    people=("members",),
    bounds=(-1.0, 1.0),
    anchors=(0.4, 0.0),
    pitfalls=(
        "Uneven is not unfair: some jobs are seen by more colleagues than others.",
        "A message to a whole team lifts everybody at once and makes receipts look more even than chance.",
        "Without a membership source who was never recognised may be missing among the active people.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per active person, unit and quarter: recognitions received there (numerator)."""
    received = recognised.receipts(facts, "quarter").filter(pl.col("denominator") > 0)
    return received.drop("cluster_key")
