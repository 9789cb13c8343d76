"""Rules of the organisation: units form one tree, and stays of a person follow one another.

Both are judged over what is known and what arrives together, for a tree is right or wrong only as a whole.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts import STAGED
from transforms.contracts.columns import LATEST
from transforms.rules.declaration import Rule, Tables, identity, judged, together

DEEPEST = 30  # levels a tree may have; a chain of parents that is longer runs in a circle


def _validity_reversed(table: str) -> Rule:
    ends = pl.col("valid_to_on")
    return Rule(
        id="validity_reversed",
        table=table,
        severity="row",
        description="The last day of a version lies before its first.",
        check=lambda candidates, known: judged(
            candidates[table], table, ends.is_null() | (ends >= pl.col("valid_from_on"))
        ),
    )


def _stays(candidates: Tables, known: Tables) -> pl.LazyFrame:
    """Stays of each person in order of time, with the last day covered by the person's earlier stays."""
    forever = pl.lit(LATEST.date())
    ends = pl.coalesce("valid_to_on", forever)
    order = ("valid_from_on", ends, "org_unit_id")
    return (
        together("membership", candidates, known)
        .sort("person_key", *order)
        .with_columns(ends.cum_max().shift(1).over("person_key").alias("covered_to"))
    )


def _of_candidates(frame: pl.LazyFrame, table: str, candidates: Tables) -> pl.LazyFrame:
    """Rows of `frame` that are on their way in; known rows were judged when they came."""
    key = identity(STAGED[table])
    return frame.join(candidates[table].select(key), on=key, how="semi", nulls_equal=True)


def _membership_gap(candidates: Tables, known: Tables) -> pl.LazyFrame:
    covered = pl.col("covered_to")
    holds = covered.is_null() | (pl.col("valid_from_on") <= covered.dt.offset_by("1d"))
    return judged(_of_candidates(_stays(candidates, known), "membership", candidates), "membership", holds)


def _membership_overlap(candidates: Tables, known: Tables) -> pl.LazyFrame:
    covered = pl.col("covered_to")
    holds = covered.is_null() | (pl.col("valid_from_on") > covered)
    return judged(_of_candidates(_stays(candidates, known), "membership", candidates), "membership", holds)


def _unit_above_itself(candidates: Tables, known: Tables) -> pl.LazyFrame:
    """A version holds when following parents from it, on the day it begins, comes to an end."""
    versions = together("org_unit", candidates, known).select("org_unit_id", "valid_from_on", "parent_org_unit_id")
    starts = versions.select("valid_from_on").unique()
    on_day = versions.join_where(starts.rename({"valid_from_on": "on"}), pl.col("valid_from_on") <= pl.col("on"))
    parents = (
        on_day.sort("valid_from_on")
        .group_by("on", "org_unit_id")
        .agg(pl.col("parent_org_unit_id").last())
        .filter(pl.col("parent_org_unit_id").is_not_null())
        .collect()
    )
    step = parents.rename({"parent_org_unit_id": "above_id"})
    upwards = parents.rename({"org_unit_id": "above_id"})
    for _ in range(DEEPEST):
        step = step.join(upwards, on=["on", "above_id"]).select(
            "on", "org_unit_id", pl.col("parent_org_unit_id").alias("above_id")
        )
        if step.is_empty():
            break
    endless = step.lazy().select("org_unit_id").unique().with_columns(pl.lit(False).alias("ends"))
    return judged(
        candidates["org_unit"].join(endless, on="org_unit_id", how="left"), "org_unit", pl.col("ends").fill_null(True)
    )


def _several_tops(candidates: Tables, known: Tables) -> pl.LazyFrame:
    current = (
        together("org_unit", candidates, known)
        .sort("valid_from_on")
        .group_by("org_unit_id")
        .agg(pl.col("parent_org_unit_id").last())
    )
    tops = current.filter(pl.col("parent_org_unit_id").is_null())
    is_only_one = tops.select((pl.len() <= 1).alias("is_only_one"))
    of_tops = candidates["org_unit"].join(tops, on="org_unit_id", how="semi").join(is_only_one, how="cross")
    return judged(of_tops, "org_unit", pl.col("is_only_one"))


RULES = (
    _validity_reversed("org_unit"),
    _validity_reversed("membership"),
    Rule(
        id="unit_above_itself",
        table="org_unit",
        severity="critical",
        description="Units are above one another in a circle (or deeper than 30 levels); "
        "correct the parents in the export.",
        check=_unit_above_itself,
    ),
    Rule(
        id="several_tops",
        table="org_unit",
        severity="warning",
        description="More than one unit has none above it; they are put under one company.",
        check=_several_tops,
    ),
    Rule(
        id="membership_gap",
        table="membership",
        severity="warning",
        description="Days lie between a person's stay and the one before, on which the person belongs nowhere.",
        check=_membership_gap,
    ),
    Rule(
        id="membership_overlap",
        table="membership",
        severity="warning",
        description="A person belongs to two units on the same day and counts in both.",
        check=_membership_overlap,
    ),
)
