"""Whether a customer came back after a moment: with a new ticket of the same kind, or because the old one reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from transforms.facts import Facts

_SAME = ("requester_key", "category")


def came_back(rows: pl.LazyFrame, facts: Facts, days: int) -> pl.LazyFrame:
    """`rows` with `is_recontacted` and `is_reopened`: within `days` days after `moment`.

    `rows` carry moment, created_at, requester_key, category and `reopened_at` (list), as `Facts.tickets` has them. A
    new ticket is one of the same requester and category, opened after the moment; an unnamed category is a category.
    `is_recontacted` is null where the requester is unknown, `is_reopened` where there is no timeline; both are null
    without a moment.
    """
    kind = pl.col("category").fill_null("")
    contacts = (
        facts.contacts.filter(~pl.col("is_deleted"))
        .select("requester_key", kind.alias("category"), pl.col("created_at").alias("next_contact_at"))
        .sort("next_contact_at")
    )
    within = pl.duration(days=days)
    # An odd ticket that was solved before it was opened must not find itself.
    since = pl.max_horizontal("moment", "created_at")
    known = rows.with_columns(kind.alias("kind"), since.alias("since")).with_row_index("row")
    found = (
        known.filter(pl.col("requester_key").is_not_null() & pl.col("since").is_not_null())
        .select("row", "requester_key", pl.col("kind").alias("category"), "since")
        .sort("since")
        .join_asof(
            contacts,
            left_on="since",
            right_on="next_contact_at",
            by=list(_SAME),
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .select("row", (pl.col("next_contact_at") - pl.col("since") <= within).fill_null(False).alias("is_recontacted"))
    )
    reopened = (
        known.select("row", "moment", "reopened_at")
        .filter(pl.col("reopened_at").is_not_null() & pl.col("moment").is_not_null())
        .explode("reopened_at", empty_as_null=True)
        .group_by("row")
        .agg(
            pl.col("reopened_at")
            .is_between(pl.col("moment"), pl.col("moment") + within, closed="right")
            .fill_null(False)
            .any()
            .alias("is_reopened")
        )
    )
    return (
        known.join(found, on="row", how="left", maintain_order="left")
        .join(reopened, on="row", how="left", maintain_order="left")
        .drop("row", "kind", "since")
    )
