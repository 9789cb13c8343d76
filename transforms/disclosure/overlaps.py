"""Weeks and months that cut one another: no sum or difference over both isolates the people of a few days.

Weeks and months cut time into *pieces* of one to seven days. Who stands behind a piece is known here and never
published. Quarters need no look: they are shown only where they are sums of what months show (`companions.py`). A week
across two quarters is not shown, so that each quarter is judged by itself and nothing decided about it changes later.

Take the residuals of `complementary.py`, once of the shown weeks and once of the shown months. An observation lies in
at most one residual of a week and at most one of a month. Draw each residual as a point, add one point `ground` for
"in none", and draw the observations as lines from their week's residual to their month's. Whatever an attacker
computes gives each week's residual a weight p and each month's a weight -q, ground 0, and an observation counts in it
with p - q: it counts exactly where the two ends of its line have different weights.

* If the lines between two points together hold enough people in every role, whoever gives the two points different
  weights has at least these people in the result. Such points are *welded* into one. The lines between two welded
  points are then judged together, and so on, until nothing more is welded.
* Within a weld: two different weights mean that somewhere in it a pair of points with enough people is told apart.
* Between welds: if all lines between each two of them hold nobody or enough, in each role, so does every result.

So nothing is isolated when the lines between two welds never hold somebody but too few. Hiding a cell lays its
residual upon another point; what was welded stays welded. Whatever is hidden later never breaks what was safe.

Example. A team's week has four days in April and three in May, on which two people worked: May less its other weeks is
these two. The week is hidden, and above the team too, since the department's week less its other teams is the same; and
one more week of May, for May less its shown weeks still is the two. Had three others worked in that other week alone,
they would be five.

What remains: a KPI that restates freely is judged each night as that night shows it. A week may be taken back when its
month ends and cuts it; whoever kept the earlier number still has it.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from transforms.contracts.results import PIECE
from transforms.disclosure.families import Families, owners
from transforms.disclosure.primary import count_people
from transforms.periods import period_end, period_start

_SAME_NUMBER = ("kpi_id", "definition_version", "component", "variant")
_SIDES = ("week", "month")


def cut_too_small(families: Families, shown: pl.DataFrame) -> pl.DataFrame:
    """The nodes of `shown` to hide so that no piece of a week and a month isolates a few people (column node).

    Of a piece in a week the week is given up, deepest unit first. A rest of a month that is in no shown week is
    joined by the week of that month with the fewest people; where none is left, the month is given up.
    """
    pieces = _placed(families)
    left = shown.select("node").join(_across_quarters(families), on="node", how="anti")
    while True:
        lines = _lines(families, pieces, left)
        small = _between_welds(families, lines)
        if small.is_empty():
            return shown.select("node").join(left, on="node", how="anti")
        left = left.join(_given_up(families, lines, small, left), on="node", how="anti")


def _placed(families: Families) -> pl.DataFrame:
    """Each piece of a direct unit with the unit's own nodes around it: node, week, month, minimum, n_roles."""
    nodes = families.nodes.select(
        "node", *_SAME_NUMBER, "org_unit_id", "period_grain", "period_start", "minimum", pl.col("roles").list.len()
    )
    pieces = nodes.filter(pl.col("period_grain") == PIECE)
    for grain in _SIDES:
        around = nodes.filter(pl.col("period_grain") == grain).select(
            pl.col("node").alias(grain), *_SAME_NUMBER, "org_unit_id", pl.col("period_start").alias(f"{grain}_start")
        )
        pieces = pieces.with_columns(period_start(pl.col("period_start"), grain).alias(f"{grain}_start")).join(
            around, on=[*_SAME_NUMBER, "org_unit_id", f"{grain}_start"], how="left"
        )
    return pieces.select("node", *_SIDES, "minimum", pl.col("roles").alias("n_roles"))


def _across_quarters(families: Families) -> pl.DataFrame:
    """Weeks beside months that begin in one quarter and end in another (column node)."""
    start = pl.col("period_start")
    is_across = period_start(start, "quarter") != period_start(period_end(start, "week"), "quarter")
    weeks = families.nodes.filter("has_overlapping_grains", pl.col("period_grain") == "week")
    return weeks.filter(is_across).select("node")


def _lines(families: Families, pieces: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """`pieces` with the residuals they lie in instead of nodes, as the shown nodes that own them; null is ground."""
    own = pl.concat([pieces["week"], pieces["month"]]).drop_nulls().unique().rename("node").to_frame()
    residuals = owners(families.above.join(own, on="node", how="semi"), shown)
    lines = pieces
    for grain in _SIDES:
        owned = residuals.rename({"node": grain, "owner": f"{grain}_owner"})
        lines = lines.join(owned, on=grain, how="left").drop(grain).rename({f"{grain}_owner": grain})
    return lines.filter(pl.any_horizontal(pl.col(_SIDES).is_not_null()))


def _between_welds(families: Families, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines (node) between two welds that together hold somebody, but fewer than the minimum in some role."""
    ground = families.nodes.height
    ends = [lines[grain].fill_null(ground).to_numpy() for grain in _SIDES]
    weld = np.arange(ground + 1)
    while True:
        one, other = (weld[end] for end in ends)
        low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
        apart = lines.with_columns(pl.Series("group", low * (ground + 1) + high)).filter(pl.Series(low != high))
        judged = (
            count_people(families, apart.select("node", "group"))
            .group_by("group")
            .agg(pl.col("n").min(), pl.len().alias("n_filled"))
            .join(apart.select("group", "minimum", "n_roles").unique(), on="group")
            .with_columns((pl.col("n") < pl.col("minimum")).alias("is_small"))
        )
        enough = judged.filter(~pl.col("is_small") & (pl.col("n_filled") == pl.col("n_roles")))["group"].to_numpy()
        if not enough.size:
            return apart.join(judged.filter("is_small"), on="group", how="semi").select("node")
        pairs = (enough // (ground + 1), enough % (ground + 1))
        graph = coo_array((np.ones(enough.size), pairs), shape=(ground + 1, ground + 1))
        weld = connected_components(graph, directed=False)[1][weld]


def _given_up(families: Families, lines: pl.DataFrame, small: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """The shown nodes (node) that own the small lines; for those in no shown week, what is given up instead."""
    found = lines.join(small, on="node", how="semi")
    in_a_week = found.select(pl.col("week").alias("node")).drop_nulls()
    rests = found.filter(pl.col("week").is_null()).select("month").unique()
    weeks = lines.drop_nulls("week").join(rests, on="month", how="semi")
    group = weeks.select("month", "week").unique(maintain_order=True).with_row_index("group")
    people = count_people(families, weeks.join(group, on=["month", "week"]).select("node", "group"))
    # Under a week that nobody above shows either, one cell is enough to join the rest.
    to_go = families.above.join(shown, left_on="ancestor", right_on="node").group_by(pl.col("node").alias("week")).len()
    nearest = (
        people.group_by("group")
        .agg(pl.col("n").min())
        .join(group, on="group")
        .join(to_go, on="week")
        .sort("month", "len", "n", "week")
        .unique("month", keep="first", maintain_order=True)
    )
    without_a_week = rests.join(nearest, on="month", how="anti")
    owning = [nearest.select(pl.col("week").alias("node")), without_a_week.select(pl.col("month").alias("node"))]
    return pl.concat([in_a_week, *owning]).unique()
