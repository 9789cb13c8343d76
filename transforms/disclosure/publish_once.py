"""Rule over time: a person-based cell is published once; a correction must be about a group.

Whoever keeps yesterday's number and sees today's learns something about the people in between. Therefore:

* **Once.** A published cell keeps its row from the ledger for ever, run and date included, while nothing changes.
* **Corrections in groups.** Take the *block* of a published cell: its people and contributions less those of the
  published cells directly below it. A cell is corrected only if the block of the cell, and of every published cell
  below it, differs from each of its earlier revisions in nobody or, in each role, in at least the minimum of
  people. Otherwise the ledger's row stays as it is (nothing on it says so; the privacy log counts it as `temporal`).
* **Late cells.** A cell that was not published with the others of its family may follow only if nothing published
  lies below it and none of its people stand in any revision of a published cell above it. Otherwise it is
  `suppressed_temporal`: the older, larger number less its published neighbours would be set against the newer one.
* **One night, one version.** Nothing of a family is corrected or added on the night of its last publication or for
  an earlier one: a second run of a night, or a backfill of a past one, changes nothing that is out.

Why blocks. A cell is the sum of its block and the published cells below. Looking at the cell alone, five changed
people are enough to correct a department; but if four of them sit in a team that is corrected as well, the difference
of the differences is the fifth. With blocks, whenever a cell is corrected every published cell below it is up to date
too, so whatever is known of any night is a sum of blocks as of some night, each of which holds enough people, and two
revisions of a block differ in enough people or in nobody.

A new definition version is one more revision: what an earlier version published of a cell counts like a publication of
the cell itself. It is published afresh under the new version where nobody's contribution or enough people's changed,
else it is `suppressed_temporal`.

What remains: with three or more revisions of one block, combinations of all of them are not examined, only pairs, as
the definition demands.

Crowds (answers without a person): the change is the difference in counted people, for nobody can be recognised.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from transforms.disclosure import ledger as ledgers
from transforms.disclosure.companions import share_one_fate
from transforms.disclosure.complementary import small_residuals
from transforms.disclosure.families import Families, owners

_ROLE = pl.col("entry").str.split(":").list.first()
_SIZE = (
    pl.when(pl.col("entry").str.ends_with(ledgers.CROWD))
    .then((pl.col("contribution") - pl.col("contribution_then")).abs())
    .otherwise(1)
)


@dataclass(frozen=True)
class Timing:
    """What happens to person-based cells this night (frames with column node).

    `first` are published for the first time, `late` may not follow any more, `corrected` get a new revision, `held`
    changed and keep the ledger's row. `behind` says who contributes what to `first` and `corrected`.
    """

    first: pl.DataFrame
    late: pl.DataFrame
    corrected: pl.DataFrame
    held: pl.DataFrame
    behind: pl.DataFrame


def decide(
    families: Families, showable: pl.DataFrame, ledger: pl.DataFrame, people: pl.DataFrame, as_of: dt.datetime
) -> Timing:
    """What to publish of the person-based nodes in `showable` (node), which passed all other rules.

    `ledger` is a Publication frame with `node`, `family` and `is_own` (false: published by an earlier definition
    version); `people` comes from `primary.people_of_nodes`.
    """
    closed = families.nodes.join(ledger.filter(pl.col("published_at") >= as_of), on="family", how="semi")
    published = ledger.select("node").unique()
    behind = ledgers.contributions(families, pl.concat([showable, published]).unique())
    newcomers = showable.join(published, on="node", how="anti")
    late = pl.concat(
        [_late(families, newcomers, published, ledger, behind), newcomers.join(closed, on="node", how="semi")]
    ).unique()
    first = newcomers.join(late, on="node", how="anti")
    changed = _changed(published, ledger, behind)
    shown = pl.concat([published, first])
    correctable = showable.join(closed, on="node", how="anti")
    held = _held(families, shown, changed, ledger=ledger, behind=behind, correctable=correctable, people=people)

    own = ledger.filter("is_own").select("node").unique()
    of_before = published.join(own, on="node", how="anti").join(showable, on="node", how="semi")
    renewed = of_before.join(correctable, on="node", how="semi").join(held, on="node", how="anti")
    return Timing(
        first=pl.concat([first, renewed]),
        late=pl.concat([late, of_before.join(renewed, on="node", how="anti")]),
        corrected=changed.join(held, on="node", how="anti").join(own, on="node", how="semi"),
        held=changed.join(held, on="node", how="semi").join(own, on="node", how="semi"),
        behind=behind,
    )


def _late(
    families: Families, newcomers: pl.DataFrame, published: pl.DataFrame, ledger: pl.DataFrame, behind: pl.DataFrame
) -> pl.DataFrame:
    """Newcomers with a published cell below, or with people of theirs in a published cell above."""
    related = families.above.filter(pl.col("node") != pl.col("ancestor"))
    with_published_below = newcomers.join(
        related.join(published, on="node", how="semi"), left_on="node", right_on="ancestor", how="semi"
    )
    above_newcomers = related.join(newcomers, on="node", how="semi").join(
        published, left_on="ancestor", right_on="node", how="semi"
    )
    earlier = (
        ledger.join(above_newcomers, left_on="node", right_on="ancestor", how="semi")
        .select("node", pl.col("people").alias("entry"))
        .explode("entry", empty_as_null=False)
        .unique()
    )
    known_above = (
        above_newcomers.join(behind.select("node", "entry"), on="node")
        .join(earlier, left_on=["ancestor", "entry"], right_on=["node", "entry"], how="semi")
        .select("node")
    )
    return pl.concat([with_published_below, known_above]).unique()


def _changed(published: pl.DataFrame, ledger: pl.DataFrame, behind: pl.DataFrame) -> pl.DataFrame:
    """Published nodes whose people or contributions are not those of the latest revision."""
    latest = ledgers.latest(ledger).select("node", "people", "contributions")
    now = ledgers.as_lists(behind.join(published, on="node", how="semi"))
    return (
        latest.join(now, on="node", how="left", suffix="_now")
        .filter(
            pl.col("people").ne_missing(pl.col("people_now"))
            | pl.col("contributions").ne_missing(pl.col("contributions_now"))
        )
        .select("node")
    )


def _held(
    families: Families,
    shown: pl.DataFrame,
    changed: pl.DataFrame,
    *,
    ledger: pl.DataFrame,
    behind: pl.DataFrame,
    correctable: pl.DataFrame,
    people: pl.DataFrame,
) -> pl.DataFrame:
    """Published nodes that may not be corrected tonight, and with them every published node above."""
    if changed.is_empty():
        return changed
    family = families.nodes.select("node", "family")
    touched = family.join(family.join(changed, on="node", how="semi"), on="family", how="semi").select("node")
    here = families.above.join(touched, on="node", how="semi")
    shown = shown.join(touched, on="node", how="semi")
    earlier = ledger.join(touched, on="node", how="semi")
    minimums = families.nodes.select("node", "minimum")
    small = _changed_in_a_few(
        _blocks_now(here, shown, behind),
        _blocks_then(here, shown, earlier),
        earlier.select("node", "revision"),
        minimums,
    )
    unfit = changed.join(correctable, on="node", how="anti")
    thin = small_residuals(families, here, shown, minimums)
    held = pl.concat([small, unfit, thin.join(changed, on="node", how="semi")]).unique()
    while True:
        above = here.join(held, on="node", how="semi").select(pl.col("ancestor").alias("node"))
        together = share_one_fate(families, pl.concat([above, held]).unique(), people)
        wider = pl.concat([held, above, together]).unique().join(shown, on="node", how="semi")
        if wider.height == held.height:
            return held
        held = wider


def _parents(above: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """The shown node directly above each shown node: node, owner."""
    strictly = above.filter(pl.col("node") != pl.col("ancestor"))
    return owners(strictly, shown).join(shown, on="node", how="semi")


def _blocks_now(above: pl.DataFrame, shown: pl.DataFrame, behind: pl.DataFrame) -> pl.DataFrame:
    """Who contributes what to the block of each shown node: node, entry, contribution."""
    whole = behind.join(shown, on="node", how="semi").select("node", "entry", "contribution")
    below = (
        _parents(above, shown)
        .join(whole, on="node")
        .select(pl.col("owner").alias("node"), "entry", -pl.col("contribution"))
    )
    return (
        pl.concat([whole, below])
        .group_by("node", "entry")
        .agg(pl.col("contribution").sum())
        .filter(pl.col("contribution") != 0)
    )


def _blocks_then(above: pl.DataFrame, shown: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    """The same for each revision, less the cells below as they stood that night: node, revision, entry, ..."""
    whole = (
        ledger.select("node", "revision", "published_at", pl.col("people").alias("entry"), pl.col("contributions"))
        .explode("entry", "contributions", empty_as_null=False)
        .rename({"contributions": "contribution"})
    )
    nights = ledger.select(pl.col("node").alias("owner"), pl.col("revision").alias("of"), "published_at")
    in_force = (
        _parents(above, shown)
        .join(nights, on="owner")
        .join(ledger.select("node", "revision", pl.col("published_at").alias("since")), on="node")
        .filter(pl.col("since") <= pl.col("published_at"))
        .group_by("node", "owner", "of")
        .agg(pl.col("revision").max())
    )
    below = in_force.join(whole, on=["node", "revision"]).select(
        pl.col("owner").alias("node"), pl.col("of").alias("revision"), "entry", -pl.col("contribution")
    )
    return (
        pl.concat([whole.select(below.columns), below])
        .group_by("node", "revision", "entry")
        .agg(pl.col("contribution").sum())
        .filter(pl.col("contribution") != 0)
    )


def _changed_in_a_few(
    now: pl.DataFrame, then: pl.DataFrame, revisions: pl.DataFrame, minimums: pl.DataFrame
) -> pl.DataFrame:
    """Nodes with a revision from which tonight's block differs in somebody of a role, but in fewer than the minimum.

    `revisions` has every node and revision: a block that held nobody then is compared as well.
    """
    return (
        now.join(revisions, on="node")
        .join(
            then.rename({"contribution": "contribution_then"}),
            on=["node", "revision", "entry"],
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("contribution", "contribution_then").fill_null(0))
        .filter(pl.col("contribution") != pl.col("contribution_then"))
        .group_by("node", "revision", _ROLE.alias("role"))
        .agg(_SIZE.sum().alias("n_changed"))
        .join(minimums, on="node")
        .filter(pl.col("n_changed") < pl.col("minimum"))
        .select("node")
        .unique()
    )
