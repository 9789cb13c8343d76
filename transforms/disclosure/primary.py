"""Primary rule: enough different people behind every number, in every role the KPI names.

A ticket KPI that names agents and requesters needs both: six agents with one customer, or six customers of one
agent, are a number about one person.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import PEOPLE_BANDS
from transforms.disclosure.families import Families

BAND_EDGES = (5, 10, 20, 50)


def count_people(families: Families, groups: pl.DataFrame) -> pl.DataFrame:
    """Distinct people per group and role; `groups` maps direct units to groups (node, group).

    Shape: group, role, n, fingerprint (order-free; equal for equal people). Where answers carry no person, the
    counted people of the units are added up. A group with both kinds counts the larger number only, because the
    same people may have answered in both ways.
    """
    known = (
        families.people.lazy()
        .select("node", "role", "person")
        .join(groups.lazy(), on="node")
        .select("group", "role", "person")
        .unique()
        .group_by("group", "role")
        .agg(pl.len().cast(pl.Int64).alias("n"), pl.col("person").hash(seed=0).sum().alias("fingerprint"))
    )
    counted = (
        families.crowd.lazy()
        .join(groups.lazy(), on="node")
        .group_by("group", "role")
        .agg(pl.col("n_people").sum().alias("n"))
        .filter(pl.col("n") > 0)
        .with_columns(pl.col("n").hash(seed=1).alias("fingerprint"))
    )
    return (
        pl.concat([known, counted])
        .group_by("group", "role")
        .agg(pl.col("n").max(), pl.col("fingerprint").sum())
        .collect()
    )


def people_of_nodes(families: Families) -> pl.DataFrame:
    """One row per node: n_people (of the smallest role), same_people (a fingerprint), is_enough.

    A role that the KPI names and nobody fills counts as nobody: the node is then not enough.
    """
    behind = count_people(families, families.above.select("node", pl.col("ancestor").alias("group")))
    sums = behind.group_by(pl.col("group").alias("node")).agg(
        pl.len().alias("n_roles"),
        pl.col("n").min().alias("smallest"),
        # A person in another role is another fact: the role is part of the fingerprint.
        (pl.col("fingerprint") ^ pl.col("role").hash(seed=2)).sum().alias("same_people"),
    )
    all_roles_filled = pl.col("n_roles") == pl.col("roles").list.len()
    return (
        families.nodes.select("node", "roles", "minimum")
        .join(sums, on="node", how="left", maintain_order="left")
        .select(
            "node",
            pl.when(all_roles_filled).then("smallest").otherwise(0).fill_null(0).alias("n_people"),
            "same_people",
            (all_roles_filled & (pl.col("smallest") >= pl.col("minimum"))).fill_null(False).alias("is_enough"),
        )
    )


def band(n_people: pl.Expr) -> pl.Expr:
    """The band a number of people falls into: 5-9, 10-19, 20-49, 50+; null under 5."""
    labelled: pl.Expr = pl.lit(None, dtype=pl.String)
    for edge, label in zip(BAND_EDGES, PEOPLE_BANDS, strict=True):
        labelled = pl.when(n_people >= edge).then(pl.lit(label)).otherwise(labelled)
    return labelled


def band_edge(n_people: pl.Expr) -> pl.Expr:
    """The lower edge of that band: the fewest people the reader must reckon with."""
    edge_of: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for edge in BAND_EDGES:
        edge_of = pl.when(n_people >= edge).then(pl.lit(edge, dtype=pl.Int64)).otherwise(edge_of)
    return edge_of
