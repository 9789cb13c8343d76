"""The organisation tree as a table: every version of every unit, with its depth and its path of names."""

from __future__ import annotations

import datetime as dt

import polars as pl

from transforms.contracts.marts import DimOrgUnit
from transforms.facts.org_tree import MAXIMUM_DEPTH, TreeError

PATH_SEPARATOR = " / "


def dim_org_unit(tree: pl.LazyFrame, run_on: dt.date) -> pl.DataFrame:
    """Every version of every unit (DimOrgUnit); `tree` is `Facts.tree`.

    A version ends where the unit's next version begins, if it does not say so itself. Depth and path are those of
    the version's last day, or of `run_on` while it is in force. A parent without a version on that day is taken as
    in its latest version before, else its first; one the tree does not know ends the path. Raises TreeError when
    units are above one another in a circle.
    """
    versions = _ended(tree.collect(), run_on)
    paths = _paths(versions)
    return DimOrgUnit.validate(
        versions.join(paths, on=["org_unit_id", "valid_from_on"])
        .select(list(DimOrgUnit.columns()))
        .sort("org_unit_id", "valid_from_on"),
        cast=True,
    )


def _ended(tree: pl.DataFrame, run_on: dt.date) -> pl.DataFrame:
    """Versions with their end, whether they are in force on `run_on`, and the day their path is read on."""
    before_next = pl.col("valid_from_on").shift(-1).over("org_unit_id", order_by="valid_from_on").dt.offset_by("-1d")
    end = pl.min_horizontal("valid_to_on", before_next)
    return tree.with_columns(end.alias("valid_to_on")).with_columns(
        (
            (pl.col("valid_from_on") <= run_on) & (pl.col("valid_to_on").is_null() | (pl.col("valid_to_on") >= run_on))
        ).alias("is_current"),
        pl.coalesce("valid_to_on", pl.max_horizontal("valid_from_on", pl.lit(run_on))).alias("read_on"),
    )


def _paths(versions: pl.DataFrame) -> pl.DataFrame:
    """Depth and names from the top down for each version: org_unit_id, valid_from_on, org_level, path_name."""
    known = versions.select("org_unit_id", "valid_from_on", "org_unit_name", "parent_org_unit_id").sort("valid_from_on")
    first = known.unique("org_unit_id", keep="first", maintain_order=True)
    climbing = versions.select(
        "org_unit_id",
        "valid_from_on",
        "read_on",
        pl.lit(0, dtype=pl.Int64).alias("org_level"),
        pl.col("org_unit_name").alias("path_name"),
        pl.col("parent_org_unit_id").alias("next_id"),
    )
    arrived = []
    for _ in range(MAXIMUM_DEPTH):
        arrived.append(climbing.filter(pl.col("next_id").is_null()).drop("read_on", "next_id"))
        climbing = climbing.filter(pl.col("next_id").is_not_null())
        if climbing.is_empty():
            return pl.concat(arrived)
        climbing = _one_up(climbing, known, first)
    raise TreeError(f"organisation: unit {climbing['org_unit_id'].sort()[0]} is above itself; correct its parent")


def _one_up(climbing: pl.DataFrame, known: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    parents = known.select(
        pl.col("org_unit_id").alias("next_id"),
        pl.col("valid_from_on").alias("since"),
        pl.col("org_unit_name").alias("name_then"),
        pl.col("parent_org_unit_id").alias("above_then"),
    )
    firsts = first.select(
        pl.col("org_unit_id").alias("next_id"),
        pl.col("org_unit_name").alias("name_first"),
        pl.col("parent_org_unit_id").alias("above_first"),
    )
    is_known_then = pl.col("since").is_not_null()
    name = pl.when(is_known_then).then("name_then").otherwise("name_first")
    return (
        climbing.sort("read_on")
        .join_asof(parents, left_on="read_on", right_on="since", by="next_id", check_sortedness=False)
        .join(firsts, on="next_id", how="left")
        .select(
            "org_unit_id",
            "valid_from_on",
            "read_on",
            (pl.col("org_level") + name.is_not_null().cast(pl.Int64)).alias("org_level"),
            pl.concat_str(name, "path_name", separator=PATH_SEPARATOR, ignore_nulls=True).alias("path_name"),
            pl.when(is_known_then).then("above_then").otherwise("above_first").alias("next_id"),
        )
    )
