"""Rows of the KPIs about initiatives, and what became of each initiative in each cell.

A cell of a 13-week window takes everything from 13 weeks before the launch to the end of the window, for windows that
end within two years of the launch. The component is the initiative. Rows with a `week` carry acts and person-weeks of a
unit; rows with a `member_key` say who is active there and how often they acted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.contracts.results import CELL_KEY, DEFAULT
from transforms.facts import Facts
from transforms.facts.initiatives import INITIATIVE_KEY, WEEKS_BEFORE
from transforms.periods import periods_between
from transforms.stats.decay import fit_decay
from transforms.stats.launch import lift, retained

GRAIN = "window_13w"
SIGNIFICANCE = 0.05
MINIMUM_ACTS, MINIMUM_WEEKS_AFTER = 10, 8
REPORTED_DAYS = 2 * 364
NEVER_TOOK_OFF, FADING, LASTING = "never_took_off", "fading", "lasting"
_EARLY, _LATE = (0, 3), (9, 12)
SPANS = {"before": (-WEEKS_BEFORE, -1), "early": _EARLY, "late": _LATE}


def observations(facts: Facts, variants: Sequence[str] = (DEFAULT,)) -> pl.LazyFrame:
    """Rows of weeks and of active people per initiative and window, once per variant.

    Shape: component, variant, org_unit_id, period_grain, period_start, week, numerator (acts), denominator
    (person-weeks), member_key; `week` is null in the rows of people.
    """
    ended = windows(facts)
    columns = ["org_unit_id", "period_grain", "period_start", "component", "week", "numerator", "denominator"]
    weeks = (
        facts.initiative_weeks.join(ended, on=INITIATIVE_KEY)
        .filter(pl.col("ends_on") <= pl.col("period_end"))
        .with_columns(
            pl.col("initiative_id").alias("component"),
            pl.col("events").alias("numerator"),
            pl.col("exposure").alias("denominator"),
            pl.lit(None, dtype=pl.String).alias("member_key"),
        )
        .select(*columns, "member_key")
    )
    where = ["org_unit_id", "period_start", "initiative_id", "member_key"]
    given = (
        facts.initiative_acts.join(ended, on=INITIATIVE_KEY)
        .filter(pl.col("on") <= pl.col("period_end"))
        .group_by("org_unit_id", "period_start", "initiative_id", pl.col("giver_key").alias("member_key"))
        .agg(pl.len().cast(pl.Float64).alias("numerator"))
    )
    units = facts.initiative_weeks.select("initiative_id", "org_unit_id").unique()
    people = (
        facts.active_people(GRAIN)
        .join(ended, on=["period_grain", "period_start"])
        .join(units, on=["initiative_id", "org_unit_id"], how="semi")
        .join(given, on=where, how="left")
        .with_columns(
            pl.col("initiative_id").alias("component"),
            pl.lit(None, dtype=pl.Int64).alias("week"),
            pl.col("numerator").fill_null(0.0),
            pl.lit(0.0).alias("denominator"),
        )
        .select(*columns, "member_key")
    )
    rows = pl.concat([weeks, people])
    return rows.join(pl.LazyFrame({"variant": list(variants)}), how="cross")


def fates(rows: pl.LazyFrame, key: Sequence[str] = CELL_KEY) -> pl.DataFrame:
    """What became of each initiative, one row per `key`; `rows` carry week, numerator and denominator.

    Shape: `key`, everything of `fit_decay`, acts, exposure, per span of SPANS `<span>_events` and `<span>_exposure`,
    p_value (of the launch), durability with durability_low and durability_high, verdict, and state and flags that say
    why there is none: `history_too_short` (under 13 weeks before the launch), `fewer_than_10_acts`, or not_matured
    (under 8 weeks after it).
    """
    of_weeks = rows.filter(pl.col("week").is_not_null())
    weeks = of_weeks.group_by(*key, "week").agg(
        pl.col("numerator").sum().alias("events"), pl.col("denominator").sum().alias("exposure")
    )
    sums = [
        pl.col(name).filter(pl.col("week").is_between(*span)).sum().alias(f"{label}_{name}")
        for label, span in SPANS.items()
        for name in ("events", "exposure")
    ]
    amounts = weeks.group_by(key).agg(pl.col("events").sum().alias("acts"), pl.col("exposure").sum(), *sums).collect()
    fitted = fit_decay(weeks, key).join(amounts, on=list(key))
    spread = fitted["dispersion"].fill_null(1.0).to_numpy()
    before, early, late = ([fitted[f"{label}_{name}"].to_numpy() for name in ("events", "exposure")] for label in SPANS)
    p_value = lift(early[0], early[1], before[0], before[1], spread)[3]
    durability = retained(late[0], late[1], early[0], early[1], before[0], before[1], spread)
    tested = fitted.with_columns(
        _finite("p_value", p_value),
        *(_finite(f"durability{end}", number) for end, number in zip(("", "_low", "_high"), durability, strict=True)),
    )
    return tested.with_columns(_state(), _flags()).with_columns(_verdict())


def windows(facts: Facts) -> pl.LazyFrame:
    """Ended windows after each launch: initiative_id, launched_on, period_grain, period_start, period_end."""
    launched = facts.initiative_weeks.select(INITIATIVE_KEY).unique().collect()
    first = launched["launched_on"].min() or facts.context.run_on
    all_windows = periods_between(first, facts.context.run_on, (GRAIN,))  # type: ignore[arg-type]
    since = (pl.col("period_end") - pl.col("launched_on")).dt.total_days()
    return (
        launched.join(all_windows, how="cross")
        .filter((since >= 0) & (since <= REPORTED_DAYS) & (pl.col("period_end") <= facts.context.run_on))
        .lazy()
    )


def _finite(name: str, numbers: NDArray[np.float64]) -> pl.Series:
    series = pl.Series(name, numbers, dtype=pl.Float64)
    return series.to_frame().select(pl.when(pl.col(name).is_finite()).then(name)).to_series()


_IS_SHORT = pl.col("weeks_before") < WEEKS_BEFORE
_IS_YOUNG = pl.col("weeks_after") < MINIMUM_WEEKS_AFTER
_IS_SILENT = pl.col("acts") < MINIMUM_ACTS


def _state() -> pl.Expr:
    return (
        pl.when(_IS_SHORT)
        .then(pl.lit("not_enough_data"))
        .when(_IS_YOUNG)
        .then(pl.lit("not_matured"))
        .when(_IS_SILENT)
        .then(pl.lit("not_enough_data"))
        .alias("state")
    )


def _flags() -> pl.Expr:
    return (
        pl.when(_IS_SHORT)
        .then(pl.lit("history_too_short"))
        .when(~_IS_YOUNG & _IS_SILENT)
        .then(pl.lit("fewer_than_10_acts"))
        .alias("flags")
    )


def _verdict() -> pl.Expr:
    took_off = pl.col("p_value") < SIGNIFICANCE
    return (
        pl.when(pl.col("state").is_not_null())
        .then(pl.lit(None, dtype=pl.String))
        .when(~took_off.fill_null(False))
        .then(pl.lit(NEVER_TOOK_OFF))
        .when(pl.col("half_life") > pl.col("weeks_after"))
        .then(pl.lit(LASTING))
        .otherwise(pl.lit(FADING))
        .alias("verdict")
    )
