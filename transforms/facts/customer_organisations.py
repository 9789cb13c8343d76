"""Names of customers' organisations: shown beside tickets, and in no number."""

from __future__ import annotations

import polars as pl

_ID, _NAME = "customer_organisation_id", "customer_organisation_name"


def with_names(tickets: pl.LazyFrame, organisations: pl.LazyFrame) -> pl.LazyFrame:
    """`tickets` with `customer_organisation_name` of their `customer_organisation_id`, null where nobody names it.

    Ids are unique within a source. A ticket whose source names no organisations takes the name from the others; where
    several know the id, from the first by name.
    """
    own = organisations.select("source", _ID, _NAME)
    naming = organisations.select("source", pl.lit(True).alias("names_its_own")).unique()
    others = organisations.sort("source").group_by(_ID).agg(pl.col(_NAME).first().alias("told_by_others"))
    return (
        tickets.join(own, on=["source", _ID], how="left", maintain_order="left")
        .join(naming, on="source", how="left", maintain_order="left")
        .join(others, on=_ID, how="left", maintain_order="left")
        .with_columns(pl.when("names_its_own").then(_NAME).otherwise("told_by_others").alias(_NAME))
        .drop("names_its_own", "told_by_others")
    )
