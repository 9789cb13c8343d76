"""Active people and the recognition that reached them in a period: rows and estimators of the recognition KPIs."""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis import estimators
from transforms.periods import period_start
from transforms.texts import filled

BAND = 0.2


def recognised_people(facts: Facts, grain: str) -> pl.LazyFrame:
    """Active people with has_received, has_given, has_from_manager, in periods that hold a recognition at all.

    Shape: that of `people.active` plus the three Booleans. A recognition counts for a person in whatever unit it was
    received or given, except that of a manager, which counts in the unit it was received in: no unit is credited
    with the manager of another. Those to oneself never count. A period without any recognition in the whole
    organisation is a missing source and not a reach of zero, and is left out.
    """
    edges = facts.recognitions.with_columns(period_start(pl.col("on"), grain).alias("period_start"))
    between_people = edges.filter(~pl.col("is_self"))
    people = facts.active_people(grain).join(edges.select("period_start").unique(), on="period_start", how="semi")
    marks = {
        "has_received": between_people.select("period_start", pl.col("receiver_key").alias("member_key")),
        "has_given": between_people.select("period_start", pl.col("giver_key").alias("member_key")).drop_nulls(),
        "has_from_manager": between_people.filter("is_from_manager").select(
            "period_start",
            pl.col("receiver_key").alias("member_key"),
            pl.col("receiver_org_unit_id").alias("org_unit_id"),
        ),
    }
    for name, marked in marks.items():
        found = marked.unique().with_columns(pl.lit(True).alias(name))
        key = marked.collect_schema().names()
        people = people.join(found, on=key, how="left").with_columns(pl.col(name).fill_null(False))
    return people


def receipts(facts: Facts, grain: str) -> pl.LazyFrame:
    """Recognitions received per person, unit and period, and whether the person is active there.

    Shape: org_unit_id, period_grain, period_start, member_key (null where not active: the person then does not count
    towards the minimum group), cluster_key (the person), numerator (recognitions), denominator (1 where active).
    """
    where = ["org_unit_id", "period_start", "cluster_key"]
    received = (
        facts.recognitions.filter(~pl.col("is_self"))
        .select(
            pl.col("receiver_org_unit_id").alias("org_unit_id"),
            period_start(pl.col("on"), grain).alias("period_start"),
            pl.col("receiver_key").alias("cluster_key"),
        )
        .group_by(where)
        .agg(pl.len().cast(pl.Float64).alias("numerator"))
    )
    people = recognised_people(facts, grain).select(
        "org_unit_id", "period_start", pl.col("member_key").alias("cluster_key"), pl.lit(1.0).alias("denominator")
    )
    return (
        people.join(received, on=where, how="full", coalesce=True)
        .with_columns(
            pl.lit(grain).alias("period_grain"),
            pl.when(pl.col("denominator") > 0).then("cluster_key").alias("member_key"),
        )
        .with_columns(pl.col("numerator", "denominator").fill_null(0.0))
    )


def rate_per_100(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """100 * sum of `numerator` / distinct active people, cluster-robust by person; `n_events` counts recognitions."""
    people = rows.group_by(*CELL_KEY, "cluster_key").agg(pl.col("numerator").sum(), pl.col("denominator").max())
    return estimators.ratio(100.0)(people, facts).with_columns(
        pl.col("ci_low").clip(0.0),
        pl.col("numerator").cast(pl.Int64).alias("n_events"),
    )


def reach(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share of distinct people; the component `never_recognised` as the band of a fifth that holds it."""
    shares = estimators.proportion_of_units("member_key")(rows, facts)
    is_band = pl.col("component") == "never_recognised"
    # The share 1 belongs to the last band; 3 / 5 must not fall below its band by the last binary digit.
    lowest = ((pl.col("value") + 1e-9) / BAND).floor().clip(0, 1 / BAND - 1)
    low, high = (lowest * BAND).round(1), ((lowest + 1) * BAND).round(1)
    return shares.with_columns(
        pl.when(is_band).then((low + BAND / 2).round(1)).otherwise("value").alias("value"),
        pl.when(is_band).then(low).otherwise("ci_low").alias("ci_low"),
        pl.when(is_band).then(high).otherwise("ci_high").alias("ci_high"),
        pl.when(is_band).then(pl.lit("band")).otherwise("interval_method").alias("interval_method"),
        pl.when(is_band).then(filled("{} to {}", low, high)).alias("verdict"),
        *(pl.when(~is_band).then(name).alias(name) for name in ("numerator", "shrunk_value")),
    )


def mean_with_coverage(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Mean of `value` clustered by `cluster_key`, with the share of rows where `is_covered`."""
    coverage = rows.group_by(CELL_KEY).agg(pl.col("is_covered").mean().alias("coverage"))
    return coverage.join(estimators.mean(rows, facts), on=CELL_KEY, how="left")
