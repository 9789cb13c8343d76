"""The publication ledger: rows as they were published, and over whom, in the shape the lake keeps them."""

from __future__ import annotations

import datetime as dt

import polars as pl

from transforms.contracts.marts import FctKpiValue
from transforms.contracts.results import CELL_KEY, Publication
from transforms.disclosure.families import Families
from transforms.moments import moment

CROWD = ":crowd"


def contributions(families: Families, nodes: pl.DataFrame) -> pl.DataFrame:
    """What each person contributes to each of `nodes`, all direct units below it together.

    Shape: node, entry, contribution. An entry is `<role>:<person>`. Contributions are hashes that add up, so a
    person's part in the units of a node that no cell below covers is a difference. A crowd is one entry
    `<role>:crowd` whose contribution is the number of people.
    """
    known = families.people.lazy().select(
        "node", pl.concat_str("role", pl.lit(":"), "person_key").alias("entry"), "contribution"
    )
    counted = families.crowd.lazy().select(
        "node", (pl.col("role") + CROWD).alias("entry"), pl.col("n_people").alias("contribution")
    )
    return (
        families.above.lazy()
        .join(nodes.lazy().select(pl.col("node").alias("ancestor")), on="ancestor", how="semi")
        .join(pl.concat([known, counted]), on="node")
        .group_by(pl.col("ancestor").alias("node"), "entry")
        .agg(pl.col("contribution").sum())
        .collect()
    )


def as_lists(behind: pl.DataFrame) -> pl.DataFrame:
    """One row per node with the parallel lists `people` and `contributions`, ordered by entry."""
    return (
        behind.sort("node", "entry")
        .group_by("node", maintain_order=True)
        .agg(pl.col("entry").alias("people"), pl.col("contribution").alias("contributions"))
    )


def under_declared_version(ledger: pl.DataFrame, kpis: pl.DataFrame) -> pl.DataFrame:
    """The entries of every version of the KPIs in `kpis`, as revisions of the declared one, and `is_own`.

    Whoever keeps the numbers of an earlier definition sets them against the new ones, so both are one history.
    """
    declared = kpis.group_by("kpi_id").agg(pl.col("definition_version").max().alias("declared"))
    own = pl.col("definition_version") == pl.col("declared")
    return (
        ledger.select(list(Publication.columns()))
        .join(declared, on="kpi_id")
        .with_columns(own.alias("is_own"), pl.col("declared").alias("definition_version"))
        .drop("declared")
    )


def latest(ledger: pl.DataFrame) -> pl.DataFrame:
    """The last revision of each cell in a Publication frame."""
    return ledger.sort("revision").unique(list(CELL_KEY), keep="last", maintain_order=True)


def published_rows(ledger: pl.DataFrame) -> pl.DataFrame:
    """The rows as published (FctKpiValue), from `row_json`."""
    row = pl.Struct(dict(FctKpiValue.create_empty().schema))
    return ledger.select(pl.col("row_json").str.json_decode(row).alias("row")).unnest("row")


def publications(
    rows: pl.DataFrame, behind: pl.DataFrame, revisions: pl.DataFrame, run_id: str, published_at: dt.datetime
) -> pl.DataFrame:
    """Publication entries for the cells in `revisions` (node, revision and the cell key).

    `rows` is FctKpiValue; `behind` comes from `contributions`.
    """
    columns = list(FctKpiValue.columns())
    return (
        rows.join(revisions, on=list(CELL_KEY))
        .with_columns(pl.struct(columns).struct.json_encode().alias("row_json"))
        .join(as_lists(behind), on="node", maintain_order="left")
        .with_columns(pl.lit(run_id).alias("run_id"), moment(published_at).alias("published_at"))
        .select(list(Publication.columns()))
    )
