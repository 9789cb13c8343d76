"""Silo excess: how much more recognition stays within the giver's team than chance would keep there.

The E-I index of recognitions is (between teams - within teams) / all. Large teams have a low index without any wall,
so the index is compared with what random mixing would give: a giver in a team of n among N active people would pick a
team mate with probability (n - 1) / (N - 1), so the expectation is 1 - 2 * mean of that over the recognitions. The
value is expectation minus observation: 0 is no silo, up to 2 is all within. Recognitions belong to the giver's team;
those to oneself, or with a team unknown, are left out, and the coverage says how many are in. Chance is given with
the givers; the interval is that of the share that stays within (Wilson, clustered by giver), doubled and moved.

Worked example: 2 teams of 5, N = 10, so chance is 4 / 9. Of 10 recognitions 8 stay within: observed
(2 - 8) / 10 = -0.6, expected 1 - 2 * 4 / 9 = 0.1111, excess 0.7111.

Source: Krackhardt and Stern 1988 (E-I index); the Fred principles for the purpose.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.recognised import mean_with_coverage
from transforms.periods import period_start
from transforms.stats.clustered_share import clustered_share


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    known = rows.filter(pl.col("value").is_not_null())
    within = clustered_share(known, CELL_KEY, pl.col("is_within"), pl.col("cluster_key")).select(
        *CELL_KEY,
        (2 * (pl.col("ci_low") - pl.col("value"))).alias("below"),
        (2 * (pl.col("ci_high") - pl.col("value"))).alias("above"),
    )
    return (
        mean_with_coverage(rows, facts)
        .join(within, on=CELL_KEY, how="left")
        .with_columns(
            (pl.col("value") + pl.col("below")).alias("ci_low"),
            (pl.col("value") + pl.col("above")).alias("ci_high"),
            pl.lit("wilson_clustered").alias("interval_method"),
        )
        .drop("below", "above")
    )


KPI = Kpi(
    id="silo_excess",
    version=1,
    title="Recognition kept within the team beyond chance",
    sources=("recognition", "organisation"),
    needs=("recognition",),
    formula="(1 - 2 * mean of (n_team - 1) / (N - 1)) - (between - within) / (between + within) over recognitions",
    unit="index",
    direction="down",
    grains=("quarter",),
    unit_of_analysis="recognition, clustered by giver",
    person_based=True,
    people=("givers", "receivers"),
    bounds=(-2.0, 2.0),
    anchors=(1.2, 0.0),
    pitfalls=(
        "People work mostly with their team, so some excess is natural: watch the change, not the level.",
        "A higher unit's number still asks whether recognition leaves the *team*, not the unit.",
        "Team sizes count active people; without a membership source those seen in an event.",
    ),
    field_needs=("recognition.giver",),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per recognition between two people, in the giver's team: value, is_within, giver as cluster,
    is_covered."""
    grain = "quarter"
    active = facts.active_people(grain)
    sizes = active.group_by("period_start", pl.col("org_unit_id").alias("giver_org_unit_id")).agg(
        pl.col("member_key").n_unique().cast(pl.Float64).alias("n_team")
    )
    everyone = active.group_by("period_start").agg(pl.col("member_key").n_unique().cast(pl.Float64).alias("n_all"))
    giver, receiver = pl.col("giver_org_unit_id"), pl.col("receiver_org_unit_id")
    by_chance = (pl.col("n_team").fill_null(0.0) - 1).clip(0.0) / (pl.col("n_all") - 1)
    is_known = (giver != UNASSIGNED_UNIT) & (receiver != UNASSIGNED_UNIT) & (pl.col("n_all") > 1).fill_null(False)
    return (
        facts.recognitions.filter(~pl.col("is_self") & pl.col("giver_key").is_not_null())
        .with_columns(period_start(pl.col("on"), grain).alias("period_start"))
        .join(sizes, on=["period_start", "giver_org_unit_id"], how="left")
        .join(everyone, on="period_start", how="left")
        .select(
            giver.alias("org_unit_id"),
            "on",
            # Who adds nothing to the number is not among the people behind it.
            pl.when(is_known).then("giver_key").alias("giver_key"),
            pl.when(is_known).then("receiver_key").alias("receiver_key"),
            pl.col("giver_key").alias("cluster_key"),
            (giver == receiver).alias("is_within"),
            pl.when(is_known).then(2 * ((giver == receiver).cast(pl.Float64) - by_chance)).alias("value"),
            is_known.alias("is_covered"),
        )
    )
