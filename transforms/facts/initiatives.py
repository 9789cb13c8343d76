"""Initiatives: who could act on one in which week after its launch, and who did.

An *act* is a recognition that carries one of the initiative's tags, counted once whatever the number of its receivers,
for the giver and the giver's team on the day. Weeks are counted from the launch: week 0 begins on the launch day, weeks
-13 to -1 are the 13 weeks before it. Only units that stood below the unit addressed, on the day of the launch, count.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.facts import org_tree, people
from transforms.facts.context import Context

WEEKS_BEFORE = 13
INITIATIVE_KEY = ("initiative_id", "launched_on")


def weeks(
    tables: Mapping[str, pl.LazyFrame],
    tree: pl.LazyFrame,
    stays: pl.LazyFrame,
    recognitions: pl.LazyFrame,
    context: Context,
) -> pl.LazyFrame:
    """One row per initiative, unit and whole week that has ended: events (acts) and exposure (person-weeks).

    Shape: initiative_id, launched_on, scope_id, org_unit_id, week, ends_on, events, exposure. A day counts towards
    the exposure from the first recognition of the whole organisation on: before it nobody could act. A person in two
    units at once counts where the later stay began, as their acts do.
    """
    scopes = in_scope(tables, tree, context)
    acted = (
        acts(tables, tree, recognitions, context)
        .group_by(*INITIATIVE_KEY, "org_unit_id", "week")
        .agg(pl.len().cast(pl.Float64).alias("events"))
    )
    week = (pl.col("on") - pl.col("launched_on")).dt.total_days().floordiv(7)
    days_there = (
        scopes.join(_members_by_day(stays, recognitions, context), on="org_unit_id")
        .with_columns(week.alias("week"))
        .filter(pl.col("week") >= -WEEKS_BEFORE)
    )
    exposed = days_there.group_by(*INITIATIVE_KEY, "org_unit_id", "week").agg(
        (pl.col("members").sum() / 7).alias("exposure")
    )
    ends_on = pl.col("launched_on") + pl.duration(days=7 * pl.col("week") + 6)
    return (
        exposed.join(acted, on=[*INITIATIVE_KEY, "org_unit_id", "week"], how="left")
        .join(scopes, on=[*INITIATIVE_KEY, "org_unit_id"])
        .with_columns(pl.col("events").fill_null(0.0), ends_on.alias("ends_on"))
        .filter(pl.col("ends_on") <= context.run_on)
        .select(*INITIATIVE_KEY, "scope_id", "org_unit_id", "week", "ends_on", "events", "exposure")
        .sort(*INITIATIVE_KEY, "org_unit_id", "week")
    )


def acts(
    tables: Mapping[str, pl.LazyFrame], tree: pl.LazyFrame, recognitions: pl.LazyFrame, context: Context
) -> pl.LazyFrame:
    """One row per act from 13 weeks before the launch on.

    Shape: initiative_id, launched_on, org_unit_id, giver_key, on, week, in order of time.
    """
    tagged = tables["initiative"].select("initiative_id", pl.col("tags").alias("tag")).explode("tag").unique()
    given = (
        recognitions.filter(~pl.col("is_self") & pl.col("giver_key").is_not_null())
        .explode("tags")
        .join(tagged, left_on="tags", right_on="tag")
        # One message to five people is one act.
        .unique(["initiative_id", "source", "recognition_id"], keep="first", maintain_order=True)
        .select("initiative_id", "recognition_id", "giver_key", "on", pl.col("giver_org_unit_id").alias("org_unit_id"))
    )
    week = (pl.col("on") - pl.col("launched_on")).dt.total_days().floordiv(7)
    return (
        given.join(in_scope(tables, tree, context).drop("scope_id"), on=["initiative_id", "org_unit_id"])
        .with_columns(week.alias("week"))
        .filter(pl.col("week") >= -WEEKS_BEFORE)
        .sort("on", "recognition_id", "initiative_id")
        .select(*INITIATIVE_KEY, "org_unit_id", "giver_key", "on", "week")
    )


def in_scope(tables: Mapping[str, pl.LazyFrame], tree: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """The units each launched initiative is addressed to: initiative_id, launched_on, scope_id, org_unit_id."""
    root = tree.filter(pl.col("parent_org_unit_id").is_null()).select(pl.col("org_unit_id").first()).collect().item()
    launched = (
        tables["initiative"]
        .filter(pl.col("launched_on") <= context.run_on)
        .sort("source")
        .unique("initiative_id", keep="first", maintain_order=True)
        .select(*INITIATIVE_KEY, pl.col("org_unit_id").fill_null(root).alias("scope_id"))
    )
    days = launched.select(
        pl.lit("launch").alias("period_grain"),
        pl.col("launched_on").alias("period_start"),
        pl.col("launched_on").alias("period_end"),
    ).unique()
    below = org_tree.ancestors(tree.collect(), days.collect()).lazy()
    return launched.join(
        below.select(
            pl.col("period_start").alias("launched_on"), pl.col("ancestor_id").alias("scope_id"), "org_unit_id"
        ),
        on=["launched_on", "scope_id"],
    )


def _members_by_day(stays: pl.LazyFrame, recognitions: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """Members of each unit on each day from the first recognition to the night: org_unit_id, on, members."""
    first = recognitions.select(pl.col("on").min()).collect().item()
    if first is None:
        return pl.LazyFrame(schema={"org_unit_id": pl.String, "on": pl.Date, "members": pl.Int64})
    alone = people.one_at_a_time(stays).filter(
        pl.coalesce("valid_to_on", pl.lit(context.run_on)) >= first, pl.col("valid_from_on") <= context.run_on
    )
    came = alone.select("org_unit_id", pl.col("valid_from_on").clip(first).alias("on"), pl.lit(1).alias("change"))
    left = alone.filter(pl.col("valid_to_on") < context.run_on).select(
        "org_unit_id", pl.col("valid_to_on").dt.offset_by("1d").alias("on"), pl.lit(-1).alias("change")
    )
    days = pl.LazyFrame({"on": pl.date_range(first, context.run_on, eager=True)})
    changes = pl.concat([came, left]).group_by("org_unit_id", "on").agg(pl.col("change").sum())
    return (
        changes.select("org_unit_id")
        .unique()
        .join(days, how="cross")
        .join(changes, on=["org_unit_id", "on"], how="left")
        .sort("org_unit_id", "on")
        .select(
            "org_unit_id",
            "on",
            pl.col("change").fill_null(0).cum_sum().over("org_unit_id").cast(pl.Int64).alias("members"),
        )
    )
