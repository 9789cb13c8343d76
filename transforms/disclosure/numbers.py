"""Rounded values and bands where exact numbers would give the counts away.

7 of 9 is 0.777..., and nothing else near it is: an exact share of a small group says how many answered what, and so
does an exact interval. Where a person or an answer is the unit of analysis and fewer than 50 stand behind a cell:

* numerator, denominator, number of events and shrunk value are not said;
* shares, gaps and other fractions are rounded to 0.01, other numbers to 0.1;
* the interval is computed from the rounded value and the lower edge of the band of people (Wilson for a share;
  any other interval is widened by the root of people over lower edge), rounded outwards;
* a fraction within one person of an end of its scale is *bounded*: only the interval from there to the end is said.
  If only unanimous cells were bounded, the word itself would say that everybody answered alike. With the bound at
  1 - 1/edge the cell next to unanimous is bounded too: for 5-9 people from 0.80 on, for 10-19 from 0.90 on.

An exact larger cell less the exact larger cells below it must not be a small one, so which cells of 50 and more are
exact is decided by the complementary rule with a minimum of 50 (`exact_cells`).
"""

from __future__ import annotations

import polars as pl

from transforms.disclosure.companions import share_one_fate
from transforms.disclosure.complementary import safe_to_show
from transforms.disclosure.families import Families
from transforms.disclosure.primary import band, band_edge
from transforms.stats.proportions import Z, wilson

EXACT_FROM = 50
# An interval that was made as a band or a bound, not around an estimate, is said as it is.
_NOT_AROUND_A_VALUE = ("band", "worst_case_bound")
_POINTS = "mean"
_TINY = 1e-9
_HIDDEN = ("numerator", "denominator", "shrunk_value", "n_events")


def exact_cells(families: Families, published: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The cells of `published` whose exact numbers may be said (column node).

    `published` has node, n_people, is_person_based, denominator and is_first (nothing of the family was published
    on an earlier night: two exact versions would give the exact sum of those who changed).
    """
    free = published.filter(~pl.col("is_person_based")).select("node")
    units = pl.min_horizontal(pl.col("n_people").cast(pl.Float64), pl.col("denominator"))
    large = published.filter(pl.col("is_person_based") & pl.col("is_first") & (units >= EXACT_FROM)).select(
        "node",
        pl.col("n_people").alias("size"),
        pl.lit(False).alias("is_silent"),
        pl.lit(EXACT_FROM, dtype=pl.Int64).alias("minimum"),
    )
    exact = safe_to_show(families, large)
    rounded = published.join(pl.concat([free, exact]), on="node", how="anti").select("node")
    return pl.concat([free, exact.join(share_one_fate(families, rounded, people), on="node", how="anti")])


def said(cells: pl.DataFrame) -> pl.DataFrame:
    """Published cells as they may be said, with `n_people_band` and, where bounded, state and interval_method.

    Takes published cells with n_people, is_exact and the declaration's kpi_unit, lowest and highest; returns the
    same columns and the band.
    """
    reader_knows = cells.with_columns(
        band(pl.col("n_people")).alias("n_people_band"), band_edge(pl.col("n_people")).cast(pl.Float64).alias("edge")
    )
    exact = reader_knows.filter("is_exact")
    rounded = _bounded(_rounded(_on_a_scale(reader_knows.filter(~pl.col("is_exact")))))
    return pl.concat([exact, rounded.select(exact.columns)]).drop("edge")


def would_be_bounded(share: pl.Expr, n_people: pl.Expr) -> pl.Expr:
    """Whether a share of so many people would be published as a bound, were it published by itself.

    A gap between two groups asks this of each: with the other side known, it would say what the bound hides.
    """
    one_person = 1 / band_edge(n_people) + 0.005  # shares are rounded to 0.01
    return ((n_people < EXACT_FROM) & ((share >= 1 - one_person) | (share <= one_person))).fill_null(False)


def hidden_with_a_bound(said_cells: pl.DataFrame) -> pl.DataFrame:
    """What would say more than a bounded share beside it (column node).

    Worst-case bounds, divided by the response rate, would be the share; and where nearly all are favourable a mean of
    5.0 says that everybody gave the top answer. A mean is a component or a variant of that name.
    """
    place = ["kpi_id", "definition_version", "org_unit_id", "period_grain", "period_start"]
    bounded = said_cells.filter(pl.col("state") == "published_bounded")
    is_worst_case = pl.col("interval_method") == "worst_case_bound"
    beside = (
        (is_worst_case | (pl.col("component") == _POINTS), "variant"),
        (pl.col("variant") == _POINTS, "component"),
    )
    return (
        pl.concat(
            said_cells.filter(is_beside).join(bounded.select(*place, name).unique(), on=[*place, name], how="semi")
            for is_beside, name in beside
        )
        .select("node")
        .unique()
    )


def _on_a_scale(cells: pl.DataFrame) -> pl.DataFrame:
    """Adds steps (per unit), and for fractions the ends of their scale: low_end, high_end."""
    is_points = (pl.col("component") == _POINTS) | (pl.col("variant") == _POINTS)
    is_share = pl.col("kpi_unit") == "share"
    is_fraction = ~is_points & (is_share | ((pl.col("lowest") >= -2.0) & (pl.col("highest") <= 2.0)))
    runs_from_minus_one = (pl.col("lowest") == -1.0) & (pl.col("highest") == 1.0)
    return cells.with_columns(
        pl.when(is_fraction).then(100.0).otherwise(10.0).alias("steps"),
        pl.when(is_fraction & is_share).then(0.0).when(is_fraction & runs_from_minus_one).then(-1.0).alias("low_end"),
        pl.when(is_fraction & (is_share | runs_from_minus_one)).then(1.0).alias("high_end"),
    )


def _rounded(cells: pl.DataFrame) -> pl.DataFrame:
    """The value rounded, the interval computed from it and the band's lower edge, the counts not said."""
    steps, edge = pl.col("steps"), pl.col("edge")
    value = _clean((pl.col("value") * steps).round() / steps)
    wilson_low, wilson_high = wilson(value * edge, edge)
    # A team that agrees has no variance; the interval is never narrower than with one person who differs.
    narrowest = Z * ((1 / edge) * (1 - 1 / edge) / edge).sqrt()
    reach = pl.max_horizontal(pl.col("ci_high") - pl.col("value"), pl.col("value") - pl.col("ci_low"))
    half = pl.max_horizontal(reach * (pl.col("n_people") / edge).sqrt(), narrowest)
    is_share = (pl.col("interval_method") == "wilson") & (pl.col("low_end") == 0.0)
    around = pl.col("ci_low").is_not_null() & ~pl.col("interval_method").is_in(_NOT_AROUND_A_VALUE)
    low = pl.when(is_share).then(wilson_low).otherwise((value - half).clip(pl.col("lowest"), pl.col("highest")))
    high = pl.when(is_share).then(wilson_high).otherwise((value + half).clip(pl.col("lowest"), pl.col("highest")))
    return cells.with_columns(
        value.alias("value"),
        pl.when(around).then(_clean((low * steps + _TINY).floor() / steps)).otherwise("ci_low").alias("ci_low"),
        pl.when(around).then(_clean((high * steps - _TINY).ceil() / steps)).otherwise("ci_high").alias("ci_high"),
        pl.col("response_rate", "coverage").round(2),
        *(pl.lit(None, dtype=cells.schema[name]).alias(name) for name in _HIDDEN),
    )


def _clean(rounded: pl.Expr) -> pl.Expr:
    """0.57, not 0.5700000000000001, however the division was done."""
    return rounded.round(6)


def _bounded(cells: pl.DataFrame) -> pl.DataFrame:
    """Values within one person of an end of their scale become the interval from there to the end."""
    value, one_person = pl.col("value"), 1 / pl.col("edge")
    of_a_value = ~pl.col("interval_method").is_in(_NOT_AROUND_A_VALUE).fill_null(False)
    at_high = (of_a_value & (value >= pl.col("high_end") - one_person - _TINY)).fill_null(False)
    at_low = (of_a_value & (value <= pl.col("low_end") + one_person + _TINY)).fill_null(False)
    is_bounded = at_high | at_low
    return cells.with_columns(
        pl.when(~is_bounded).then(value).alias("value"),
        pl.when(at_high)
        .then(pl.col("high_end") - one_person)
        .when(at_low)
        .then("low_end")
        .otherwise("ci_low")
        .alias("ci_low"),
        pl.when(at_high)
        .then("high_end")
        .when(at_low)
        .then(pl.col("low_end") + one_person)
        .otherwise("ci_high")
        .alias("ci_high"),
        pl.when(is_bounded).then(pl.lit("bound")).otherwise("interval_method").alias("interval_method"),
        pl.when(is_bounded).then(pl.lit("published_bounded")).otherwise("state").alias("state"),
    )
