"""What tonight's data would show if nothing had been published before: all rules but the one over time."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.contracts.results import PUBLISHED_STATES
from transforms.disclosure.companions import longer_than_their_parts, share_one_fate
from transforms.disclosure.complementary import safe_to_show
from transforms.disclosure.families import Families
from transforms.disclosure.numbers import exact_cells, hidden_with_a_bound, said
from transforms.disclosure.overlaps import cut_too_small
from transforms.disclosure.primary import people_of_nodes

_SUPPRESSED_BY = {
    "primary": "suppressed_primary",
    "complementary": "suppressed_complementary",
    "overlaps": "suppressed_complementary",
    "components": "suppressed_complementary",
    "periods": "suppressed_complementary",
}


# People so far and not of the period alone: the same unit then stands in for a small one from month to month.
_UNIT = ("kpi_id", "definition_version", "component", "variant", "org_unit_id", "part_start")
_SIZE = pl.col("n_people").cum_sum().over(_UNIT, order_by=["period_end", "period_start"])
_ONLY_WITH_A_NUMBER = (
    "value",
    "ci_low",
    "ci_high",
    "interval_method",
    "shrunk_value",
    "numerator",
    "denominator",
    "n_events",
    "n_people_band",
    "response_rate",
    "coverage",
    "verdict",
)


@dataclass(frozen=True)
class Visible:
    """Cells as tonight's data alone would show them.

    * `cells`   the cells with `state`, `n_people_band` and numbers as they may be said
    * `people`  node, n_people, same_people, is_enough
    * `hidden`  node, rule: primary, complementary, components or periods
    """

    cells: pl.DataFrame
    people: pl.DataFrame
    hidden: pl.DataFrame


def visible(cells: pl.DataFrame, families: Families, published_before: pl.DataFrame) -> Visible:
    """Judges `cells` (KpiCell with node, family, part_start and the declaration's columns).

    `published_before` has the families (family) of which something was published on an earlier night.
    """
    people = people_of_nodes(families)
    known = cells.join(people, on="node", how="left", maintain_order="left")
    with_number = pl.col("state") == "published"
    candidates = known.filter("is_enough", pl.col("state").is_in(["published", "not_enough_data"])).select(
        "node", _SIZE.alias("size"), "minimum", (~with_number).alias("is_silent")
    )
    numbers = candidates.filter(~pl.col("is_silent")).select("node")

    few = known.filter(with_number, ~pl.col("is_enough")).select("node")
    shown = safe_to_show(families, candidates)
    small_rest = _without(numbers, shown)
    overlaps = cut_too_small(families, shown)
    shown = _without(shown, overlaps)
    overlaps = _without(_among(numbers, overlaps), small_rest)
    given_up = pl.concat([small_rest, overlaps])
    companions = _without(_among(numbers, share_one_fate(families, given_up, people)), given_up)
    shown = _without(shown, companions)
    cut_periods = _among(numbers, longer_than_their_parts(families, shown))
    more_companions = _without(
        _among(_among(numbers, shown), share_one_fate(families, cut_periods, people)), cut_periods
    )
    shown = _without(_among(numbers, shown), pl.concat([cut_periods, more_companions]))

    spoken = _spoken(known.join(shown, on="node", how="semi"), families, people, published_before)
    beside_a_bound = hidden_with_a_bound(spoken)
    hidden = pl.concat(
        nodes.select("node", pl.lit(rule).alias("rule"))
        for rule, nodes in (
            ("primary", few),
            ("complementary", small_rest),
            ("overlaps", overlaps),
            ("components", pl.concat([companions, more_companions, beside_a_bound])),
            ("periods", cut_periods),
        )
    )
    judged = pl.concat([spoken, known.join(shown, on="node", how="anti")], how="diagonal").join(
        hidden, on="node", how="left"
    )
    state = pl.coalesce(pl.col("rule").replace_strict(_SUPPRESSED_BY, return_dtype=pl.String), "state")
    return Visible(silence(judged.with_columns(state.alias("state")).drop("rule")), people, hidden)


def silence(cells: pl.DataFrame) -> pl.DataFrame:
    """A cell that is not published carries nothing that goes with a number, nor a flag that says how few there are."""
    is_shown = pl.col("state").is_in(PUBLISHED_STATES)
    may_be_flagged = (
        is_shown
        | (pl.col("state") == "source_missing")
        | (pl.col("is_enough").fill_null(False) & pl.col("state").is_in(["not_enough_data", "not_matured"]))
    )
    return cells.with_columns(
        *(pl.when(is_shown).then(name).alias(name) for name in _ONLY_WITH_A_NUMBER),
        pl.when(may_be_flagged).then("flags").alias("flags"),
    )


def _spoken(
    published: pl.DataFrame, families: Families, people: pl.DataFrame, published_before: pl.DataFrame
) -> pl.DataFrame:
    first = published.with_columns((~pl.col("family").is_in(published_before["family"].implode())).alias("is_first"))
    exact = exact_cells(families, first, people)
    return said(first.drop("is_first").with_columns(pl.col("node").is_in(exact["node"].implode()).alias("is_exact")))


def _among(nodes: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return nodes.join(others, on="node", how="semi")


def _without(nodes: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return nodes.join(others, on="node", how="anti")
