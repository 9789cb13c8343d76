"""The roll-up: an index per principle, unit and quarter, and one overall index gated by commitment.

* A principle's index is the weighted mean of the scores of its KPIs. It needs half of the declared weight.
* A KPI counts with its quarter; one that has windows of weeks with the window that ends in the quarter. A window
  longer than a quarter stays until the next of its length ends, so that an index does not change its make-up from
  one quarter to the next.
* Overall: commitment^0.3 * product of the others^(0.7 / their number), over the principles that have an index; the
  exponents add up to 1 over those present, so that equal indices give the same overall. Without commitment there is no
  overall, and with a commitment of 0 it is 0, however good the rest: without it the others have no effect. Another
  principle under 10 counts as 10, so that only commitment closes the gate. `outcomes` is no principle and stays
  outside.
* The band is what the index can become when every weight may be 20 % off, exactly (`transforms/stats/weight_band.py`).

It sees rows of `fct_kpi_value` only and of those only what is published, so it can say nothing about a hidden number:
whoever reads the mart can compute it. Never for ranking, never for pay.

Worked example: commitment 64, empathy 81 and passion 36. Overall 64^0.3 * 81^0.35 * 36^0.35 = 56.8; the plain mean is
60.3, harmony 36 / 60.3 = 0.60.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.contracts.roll_up import OVERALL, FctPrincipleScore
from transforms.kpis.registry import RegisteredKpi
from transforms.marts.kpi_scores import BEST, scored_parts, scores
from transforms.stats.precision import repeatable
from transforms.stats.weight_band import weighted_band
from transforms.texts import filled

COMMITMENT = "commitment"
COMMITMENT_WEIGHT = 0.3
WEIGHT_NEEDED = 0.5
WEIGHT_UNCERTAINTY = 0.2
_OUTSIDE = "outcomes"
_FLOOR = 10.0
_UNIT = ["org_unit_id", "period_start"]
_INDEX = [*_UNIT, "principle"]
_WINDOW_DAYS = {"window_13w": 91, "window_26w": 182, "window_52w": 364, "week": 7}
_SHORTEST_QUARTER = 90
_NUMBERS = ("index_value", "index_low", "index_high")


def fct_principle_score(rows: pl.DataFrame, registered: Sequence[RegisteredKpi], run_on: dt.date) -> pl.DataFrame:
    """Scores (FctPrincipleScore) of every ended quarter for which a KPI with a weight has a row.

    `rows` is FctKpiValue after disclosure. A unit that is not known (`unassigned`) has no scores.
    """
    parts = scored_parts(registered)
    counted = _in_quarters(rows.filter(pl.col("org_unit_id") != UNASSIGNED_UNIT), parts, run_on)
    if counted.is_empty():
        return FctPrincipleScore.create_empty()
    principles = _principles(counted, parts)
    return FctPrincipleScore.validate(
        pl.concat([principles, _overall(principles)])
        .join(_places(counted), on=_UNIT)
        .with_columns(pl.lit("quarter").alias("period_grain"), repeatable(*_NUMBERS, "ungated_mean", "harmony"))
        .select(list(FctPrincipleScore.columns()))
        .sort(FctPrincipleScore.primary_key()),
        cast=True,
    )


def _in_quarters(rows: pl.DataFrame, parts: pl.DataFrame, run_on: dt.date) -> pl.DataFrame:
    """Rows of weighted KPIs with `quarter_start` and `quarter_end` of the ended quarters they count in."""
    key = ["kpi_id", "definition_version", "period_grain"]
    weighted = rows.join(parts.select(key).unique(), on=key, how="semi")
    # Windows tile time, so of each length exactly one ends in the days up to the quarter's end that it is long.
    days = pl.col("period_grain").replace_strict(_WINDOW_DAYS, default=1, return_dtype=pl.Int64)
    since = (pl.col("quarter_end") - pl.col("period_end")).dt.total_days()
    # The quarter it ends in, and as many later ones as it may reach: quarters have 90 days and more.
    later = pl.int_ranges(0, days // _SHORTEST_QUARTER + 1).alias("later")
    return (
        weighted.with_columns(later)
        .explode("later")
        .with_columns(
            pl.col("period_end").dt.truncate("1q").dt.offset_by(filled("{}q", "later")).alias("quarter_start")
        )
        .drop("later")
        .with_columns(pl.col("quarter_start").dt.offset_by("1q").dt.offset_by("-1d").alias("quarter_end"))
        .filter((pl.col("quarter_end") <= run_on) & (since >= 0) & (since < days))
    )


def _principles(counted: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """One row per unit, quarter and declared principle, without place and run."""
    scored = scores(counted, parts).drop("period_start", "period_end").rename({"quarter_start": "period_start"})
    behind = scored.group_by(_INDEX).agg(
        pl.col("weight").sum().alias("weight_there"),
        pl.col("kpi_id").n_unique().cast(pl.Int64).alias("n_parts"),
        pl.col("sources").list.explode().unique().sort().alias("witnesses"),
        pl.col("kpi_id").unique().sort().str.join(", ").alias("parts"),
        pl.col("is_bounded").any(),
    )
    band = weighted_band(scored.lazy(), _INDEX, "score", "weight", WEIGHT_UNCERTAINTY).collect()
    declared = parts.group_by("principle").agg(
        pl.col("weight").sum().alias("weight_declared"), pl.col("kpi_id").n_unique().cast(pl.Int64).alias("n_declared")
    )
    fed = counted.filter(pl.col("state") != "source_missing").select("principle", pl.lit(True).alias("is_fed")).unique()
    share = (pl.col("weight_there") / pl.col("weight_declared")).fill_null(0.0).clip(0.0, 1.0)
    units = counted.select("org_unit_id", pl.col("quarter_start").alias("period_start")).unique()
    rows = (
        units.join(declared, how="cross")
        .join(behind, on=_INDEX, how="left")
        .join(band, on=_INDEX, how="left")
        .join(fed, on="principle", how="left")
        .with_columns(share.alias("weight_present"))
    )
    state = (
        pl.when(pl.col("weight_present") >= WEIGHT_NEEDED - 1e-9)
        .then(pl.lit("published"))
        .when(pl.col("is_fed").is_null())
        .then(pl.lit("source_missing"))
        .otherwise(pl.lit("not_enough_data"))
    )
    flags = _flags(single_source=pl.col("witnesses").list.len() == 1, bounded_kpi=pl.col("is_bounded"))
    return _shaped(
        rows.with_columns(
            state.alias("state"),
            pl.col("mean").alias("index_value"),
            pl.col("low").alias("index_low"),
            pl.col("high").alias("index_high"),
            pl.lit(None, dtype=pl.Float64).alias("ungated_mean"),
            pl.lit(None, dtype=pl.Float64).alias("harmony"),
            flags.alias("flags"),
        )
    )


def _overall(principles: pl.DataFrame) -> pl.DataFrame:
    """One row `overall` per unit and quarter from the rows of its principles."""
    inside = principles.filter(pl.col("principle") != _OUTSIDE).with_columns(
        (pl.col("principle") == COMMITMENT).alias("is_gate"), (pl.col("state") == "published").alias("is_there")
    )
    n_others = pl.col("is_gate").not_().sum().over(_UNIT)
    inside = inside.with_columns(
        pl.when("is_gate").then(COMMITMENT_WEIGHT).otherwise((1 - COMMITMENT_WEIGHT) / n_others).alias("weight")
    )
    there, index, gate = pl.col("is_there"), pl.col("index_value"), pl.col("is_gate")
    summed = inside.group_by(_UNIT).agg(
        (pl.col("weight").filter(there).sum() / pl.col("weight").sum()).alias("weight_present"),
        there.sum().cast(pl.Int64).alias("n_parts"),
        pl.len().cast(pl.Int64).alias("n_declared"),
        pl.col("witnesses").filter(there).list.explode().drop_nulls().unique().sort().alias("witnesses"),
        pl.col("principle").filter(there).sort().str.join(", ").alias("parts"),
        (there & gate).any().alias("has_gate"),
        index.filter(there).mean().alias("ungated_mean"),
        pl.when(index.filter(there).mean() > 0)
        .then(index.filter(there).min() / index.filter(there).mean())
        .alias("harmony"),
        (pl.col("flags").str.contains("bounded_kpi") & there).any().alias("is_bounded"),
    )
    for name, edge in zip(_NUMBERS, ("mean", "low", "high"), strict=True):
        summed = summed.join(_gated(inside.filter(there), name, edge), on=_UNIT, how="left")
    enough = pl.col("has_gate") & (pl.col("weight_present") >= WEIGHT_NEEDED - 1e-9)
    flags = _flags(
        no_commitment=~pl.col("has_gate"),
        single_source=pl.col("witnesses").list.len() == 1,
        bounded_kpi=pl.col("is_bounded"),
    )
    return _shaped(
        summed.with_columns(
            pl.lit(OVERALL).alias("principle"),
            pl.when(enough).then(pl.lit("published")).otherwise(pl.lit("not_enough_data")).alias("state"),
            flags.alias("flags"),
        )
    )


def _gated(there: pl.DataFrame, name: str, edge: str) -> pl.DataFrame:
    """Geometric mean of column `name` at an edge of the band of weights; 0 where commitment is."""
    floor = pl.when("is_gate").then(1e-9).otherwise(_FLOOR)
    logs = there.select(*_UNIT, "weight", pl.max_horizontal(name, floor).log().alias("log"))
    closed = there.filter(pl.col("is_gate") & (pl.col(name) <= 0)).select(*_UNIT, pl.lit(True).alias("is_closed"))
    return (
        weighted_band(logs.lazy(), _UNIT, "log", "weight", WEIGHT_UNCERTAINTY)
        .collect()
        .join(closed, on=_UNIT, how="left")
        .select(
            *_UNIT,
            pl.when(pl.col("is_closed").is_null()).then(pl.col(edge).exp()).otherwise(0.0).clip(0.0, BEST).alias(name),
        )
    )


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns both kinds of row share; an index that is not published carries no number."""
    is_there = pl.col("state") == "published"
    return rows.select(
        *_INDEX,
        *(pl.when(is_there).then(name).alias(name) for name in (*_NUMBERS, "ungated_mean", "harmony")),
        pl.col("weight_present").round(9),
        pl.col("n_parts").fill_null(0),
        pl.col("n_declared").alias("n_parts_declared"),
        pl.col("witnesses").list.len().cast(pl.Int64).fill_null(0).alias("n_sources"),
        pl.when(pl.col("parts") != "").then("parts").alias("parts"),
        "witnesses",
        "state",
        # Of a unit of which nothing is published nothing is said.
        pl.when(pl.col("n_parts") > 0).then("flags").alias("flags"),
    )


def _flags(**holds: pl.Expr) -> pl.Expr:
    said = [pl.when(condition.fill_null(False)).then(pl.lit(name)) for name, condition in holds.items()]
    joined = pl.concat_str(said, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _places(counted: pl.DataFrame) -> pl.DataFrame:
    """Level, end of the quarter, and the newest night and run among the rows of a unit and quarter."""
    newest = pl.col("as_of", "run_id").sort_by("as_of", "run_id").last()
    return counted.group_by("org_unit_id", pl.col("quarter_start").alias("period_start")).agg(
        pl.col("quarter_end").first().alias("period_end"), pl.col("org_level").sort_by("period_end").last(), newest
    )
