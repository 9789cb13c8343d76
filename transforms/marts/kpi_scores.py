"""Where a published number stands between the anchors of its KPI: 0 at the worst, 100 at the best, clipped.

On a log scale the position is that of the logarithms: with anchors 960 and 15 minutes, 120 minutes are half way, for
960 = 2^6 * 15 and 120 = 2^3 * 15. A gap that should vanish is scored by its size, whichever side it leans to. A
bounded number (`published_bounded`) is scored by the middle of the interval that was published, nothing else is known.
A KPI whose components are named by the data (declared as `<initiative>`) shares its weight among those published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from transforms.contracts.results import PUBLISHED_STATES
from transforms.kpis.registry import RegisteredKpi

# Which of a KPI's periods stands for the quarter: the quarter itself, else the window that ends last in it.
_GRAIN_PREFERENCE = ("quarter", "window_13w", "window_26w", "window_52w", "month", "week")
# A window may count in more than one quarter.
_QUARTER = ("quarter_start",)
BEST = 100.0


def scored_parts(registered: Sequence[RegisteredKpi]) -> pl.DataFrame:
    """One row per KPI and component with a weight: its key, principle, period_grain, weight, anchors and sources.

    The component is null where the data name the components.
    """
    rows = [
        {
            "kpi_id": one.kpi.id,
            "definition_version": one.kpi.version,
            "component": None if component.startswith("<") else component,
            "variant": one.kpi.variants[0],
            "period_grain": next(grain for grain in _GRAIN_PREFERENCE if grain in one.kpi.grains),
            "principle": one.principle,
            "weight": one.kpi.weight / len(one.kpi.scored_components),
            "worst": float(one.kpi.anchors[0]),
            "best": float(one.kpi.anchors[1]),
            "is_log": one.kpi.anchor_scale == "log",
            "is_gap": one.kpi.direction == "zero",
            # The organisation says who belongs where; it is no witness of its own.
            "sources": [source for source in one.kpi.sources if source != "organisation"],
        }
        for one in registered
        if one.kpi.weight > 0
        for component in one.kpi.scored_components
    ]
    return pl.DataFrame(rows, schema=_PART, orient="row")


def scores(rows: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The published rows (FctKpiValue) that are scored, with the columns of `scored_parts`, is_bounded and score."""
    key = ["kpi_id", "definition_version", "variant", "period_grain"]
    is_bounded = pl.col("state") == "published_bounded"
    known = pl.when(is_bounded).then((pl.col("ci_low") + pl.col("ci_high")) / 2).otherwise("value")
    published = rows.filter(pl.col("state").is_in(PUBLISHED_STATES)).drop("principle")
    is_named_by_data = pl.col("component").is_null()
    named = parts.filter(is_named_by_data)
    cell = [*key, "org_unit_id", "period_start", *(name for name in _QUARTER if name in rows.columns)]
    found = [
        published.join(parts.filter(~is_named_by_data), on=[*key, "component"]),
        published.join(named.drop("component"), on=key).with_columns(pl.col("weight") / pl.len().over(cell)),
    ]
    columns = found[0].columns
    return (
        pl.concat([frame.select(columns) for frame in found])
        .with_columns(is_bounded.alias("is_bounded"), position(known).alias("score"))
        .filter(pl.col("score").is_not_null())
    )


def position(value: pl.Expr) -> pl.Expr:
    """Score of `value` from the columns worst, best, is_log and is_gap; null for a null."""
    read = pl.when("is_gap").then(value.abs()).otherwise(value)
    # Zero and less lie beyond every anchor of a log scale, at its lower end.
    on_log = (_log(read) - _log(pl.col("worst"))) / (_log(pl.col("best")) - _log(pl.col("worst")))
    on_line = (read - pl.col("worst")) / (pl.col("best") - pl.col("worst"))
    return (pl.when("is_log").then(on_log).otherwise(on_line) * BEST).clip(0.0, BEST)


def _log(value: pl.Expr) -> pl.Expr:
    return pl.when(value > 0).then(value).otherwise(1e-12).log()


_PART: dict[str, Any] = {
    "kpi_id": pl.String,
    "definition_version": pl.Int64,
    "component": pl.String,
    "variant": pl.String,
    "period_grain": pl.String,
    "principle": pl.String,
    "weight": pl.Float64,
    "worst": pl.Float64,
    "best": pl.Float64,
    "is_log": pl.Boolean,
    "is_gap": pl.Boolean,
    "sources": pl.List(pl.String),
}
