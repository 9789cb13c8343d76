"""The organisation tree: every version of every unit, and who is above whom at the end of a period."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.contracts.columns import EARLIEST
from transforms.contracts.organisation import ROOT_UNIT, UNASSIGNED_UNIT

MAXIMUM_DEPTH = 30
_UNIT_COLUMNS = {
    "ticket": ("org_unit_id",),
    "ticket_event": ("org_unit_id",),
    "promise": ("org_unit_id",),
    "recognition": ("giver_org_unit_id", "receiver_org_unit_id"),
    "survey_response": ("org_unit_id",),
    "invitation": ("org_unit_id",),
    "membership": ("org_unit_id",),
}
_COLUMNS = ("org_unit_id", "valid_from_on", "valid_to_on", "org_unit_name", "parent_org_unit_id", "office")


class TreeError(ValueError):
    """The units do not form a tree; the message names one unit on the cycle."""


def versions(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Every version of every unit under a single top, with the bucket `unassigned`.

    Shape: org_unit_id, valid_from_on, valid_to_on, org_unit_name, parent_org_unit_id, office. Without an
    organisation source the units are those the other tables name, directly under the company. `office` falls
    back to the majority role of the unit's members.
    """
    declared = tables["org_unit"].select(_COLUMNS).collect()
    if declared.is_empty():
        declared = _named_units(tables)
    tops = declared.filter(pl.col("parent_org_unit_id").is_null())["org_unit_id"].unique()
    root = tops[0] if len(tops) == 1 else ROOT_UNIT
    extra = [] if len(tops) == 1 else [{"org_unit_id": ROOT_UNIT, "org_unit_name": "Company"}]
    extra.append({"org_unit_id": UNASSIGNED_UNIT, "org_unit_name": "Unassigned", "parent_org_unit_id": root})
    added = pl.DataFrame([{"valid_from_on": EARLIEST.date()} | row for row in extra], schema=declared.schema)
    orphaned = pl.col("parent_org_unit_id").is_null() & (pl.col("org_unit_id") != root)
    return (
        pl.concat([declared, added])
        .lazy()
        .with_columns(
            pl.when(orphaned).then(pl.lit(root)).otherwise("parent_org_unit_id").alias("parent_org_unit_id"),
            pl.coalesce("org_unit_name", "org_unit_id").alias("org_unit_name"),
        )
        .join(_majority_office(tables["membership"]), on="org_unit_id", how="left")
        .with_columns(pl.coalesce("office", "majority_office").alias("office"))
        .select(_COLUMNS)
        .sort("org_unit_id", "valid_from_on")
    )


def ancestors(tree: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Each unit with every unit above it, itself included, as the tree stood on the last day of each period.

    Shape: period_grain, period_start, org_unit_id, ancestor_id, org_level (depth of the ancestor, 0 at the top).
    A unit without a version on that day is taken as in its latest version before, else its first.
    Raises TreeError when units are above one another in a circle.
    """
    ends = periods.select("period_end").unique().sort("period_end")
    units = tree.select("org_unit_id").unique()
    parents = (
        ends.join(units, how="cross")
        .sort("period_end")
        .join_asof(
            tree.sort("valid_from_on").select("org_unit_id", "valid_from_on", "parent_org_unit_id"),
            left_on="period_end",
            right_on="valid_from_on",
            by="org_unit_id",
            check_sortedness=False,
        )
        .join(
            tree.sort("valid_from_on")
            .group_by("org_unit_id")
            .agg(pl.first("parent_org_unit_id").alias("first_parent")),
            on="org_unit_id",
        )
        .select(
            "period_end",
            "org_unit_id",
            pl.when(pl.col("valid_from_on").is_null())
            .then("first_parent")
            .otherwise("parent_org_unit_id")
            .alias("parent_id"),
        )
    )
    pairs = parents.select("period_end", "org_unit_id", pl.col("org_unit_id").alias("ancestor_id"))
    step, steps = pairs, [pairs]
    above = parents.rename({"org_unit_id": "ancestor_id"})
    for _ in range(MAXIMUM_DEPTH):
        step = (
            step.join(above, on=["period_end", "ancestor_id"])
            .filter(pl.col("parent_id").is_not_null())
            .select("period_end", "org_unit_id", pl.col("parent_id").alias("ancestor_id"))
        )
        if step.is_empty():
            break
        steps.append(step)
    else:
        raise TreeError(f"organisation: unit {step['org_unit_id'].sort()[0]} is above itself; correct its parent")
    closure = pl.concat(steps)
    depth = closure.group_by("period_end", pl.col("org_unit_id").alias("ancestor_id")).agg(
        (pl.len().cast(pl.Int64) - 1).alias("org_level")
    )
    return (
        periods.join(closure.join(depth, on=["period_end", "ancestor_id"]), on="period_end")
        .select("period_grain", "period_start", "org_unit_id", "ancestor_id", "org_level")
        .sort("period_grain", "period_start", "org_unit_id", "org_level")
    )


def _named_units(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    named = [
        tables[table].select(pl.col(column).alias("org_unit_id"))
        for table, columns in _UNIT_COLUMNS.items()
        for column in columns
    ]
    return (
        pl.concat(named)
        .drop_nulls()
        .unique()
        .filter(~pl.col("org_unit_id").is_in([ROOT_UNIT, UNASSIGNED_UNIT]))
        .select(
            "org_unit_id",
            pl.lit(EARLIEST.date()).alias("valid_from_on"),
            pl.lit(None, dtype=pl.Date).alias("valid_to_on"),
            pl.col("org_unit_id").alias("org_unit_name"),
            pl.lit(ROOT_UNIT).alias("parent_org_unit_id"),
            pl.lit(None, dtype=pl.String).alias("office"),
        )
        .collect()
    )


def _majority_office(membership: pl.LazyFrame) -> pl.LazyFrame:
    """The role most members of a unit have; a tie is none."""
    is_front = (pl.col("office") == "front").mean()
    return (
        membership.filter(pl.col("office").is_not_null())
        .group_by("org_unit_id")
        .agg(is_front.alias("front_share"))
        .select(
            "org_unit_id",
            pl.when(pl.col("front_share") > 0.5)
            .then(pl.lit("front"))
            .when(pl.col("front_share") < 0.5)
            .then(pl.lit("back"))
            .alias("majority_office"),
        )
    )
