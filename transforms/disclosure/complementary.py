"""Complementary rule: no sum or difference of shown cells of a family isolates a small group.

Why it is enough to look at residuals. A cell is the sum over a set of direct units; the cells of a family form a
laminar family of sets (`families.py`). Call the *residual* of a shown cell its direct units that no shown cell below
it covers.

* Each shown cell is the sum of its own residual and the residuals of the shown cells below it; turned round, each
  residual is the cell minus the shown cells directly below it. So the cells and the residuals span the same space:
  everything an attacker can compute with sums and differences is a weighted sum of residuals.
* Residuals share no unit. A weighted sum of them therefore involves every unit of each residual that has a weight,
  and the people of at least one whole residual.

So if each residual holds nobody or at least the minimum, in every role, then so does everything that can be computed.
And hiding a cell only merges its residual into the residual of the next shown cell above it, which can only grow:
whatever is hidden later, for any other reason, never breaks what was safe.
"""

from __future__ import annotations

import polars as pl

from transforms.disclosure.families import Families, owners
from transforms.disclosure.primary import count_people


def safe_to_show(families: Families, candidates: pl.DataFrame) -> pl.DataFrame:
    """The candidates left when no residual of them is too small (column node).

    `candidates` has node, size, is_silent and minimum. Where a residual is too small, the smallest candidate
    directly below is hidden, or the cell itself when nothing is shown below it, until it holds. A *silent* candidate
    has no number (too little data for its statistic): it takes part, and is given up before any other.
    """
    order = candidates.join(families.nodes.select("node", "family", "org_unit_id"), on="node")
    shown = order.select("node", "family")
    touched = shown.select("family").unique()
    with_people = pl.concat([families.people["node"], families.crowd["node"]]).unique().to_frame()
    places = families.above.join(families.nodes.select("node", "family"), on="node")
    while True:
        here = places.join(touched, on="family", how="semi")
        shown_here = shown.join(touched, on="family", how="semi")
        unsafe = small_residuals(families, here.join(with_people, on="node", how="semi"), shown_here, candidates)
        if unsafe.is_empty():
            return shown.select("node")
        below = (
            owners(here.filter(pl.col("node") != pl.col("ancestor")), shown_here)
            .join(shown_here, on="node", how="semi")
            .join(unsafe, left_on="owner", right_on="node", how="semi")
        )
        childless = unsafe.join(below, left_on="node", right_on="owner", how="anti").select("node", owner="node")
        given_up = (
            pl.concat([below.select("node", "owner"), childless])
            .join(order, on="node")
            .sort(["is_silent", "size", "org_unit_id"], descending=[True, False, False])
            .unique("owner", keep="first", maintain_order=True)
        )
        shown = shown.join(given_up, on="node", how="anti")
        touched = given_up.select("family").unique()


def small_residuals(
    families: Families, above: pl.DataFrame, shown: pl.DataFrame, minimums: pl.DataFrame
) -> pl.DataFrame:
    """The nodes of `shown` whose residual holds somebody but fewer than the minimum in some role (column node)."""
    residuals = count_people(families, owners(above, shown).rename({"owner": "group"}))
    return (
        residuals.join(minimums.select(pl.col("node").alias("group"), "minimum"), on="group")
        .filter(pl.col("n") < pl.col("minimum"))
        .select(pl.col("group").alias("node"))
        .unique()
    )
