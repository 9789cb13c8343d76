"""Many small improvements that last: sustained shifts of the weekly numbers, favourable minus unfavourable.

Seven ticket KPIs (`WEEKLY`) are taken week by week over 52 weeks, from the unit's own tickets; a week with under 5
units of analysis is no point, and a KPI needs 26 points. The first 12 points of each give its level (their median);
eight points in line on one side of it are a shift, and the count goes on from the new level. A shift is favourable
when it goes the way of the KPI's direction.

Chance makes shifts too: about one in six random series of 52 points shows one upwards, and as many show one
downwards. So the weeks of the unit are shuffled 200 times (all KPIs together, for they move together) and what the
shuffles show on average is subtracted, for favourable and unfavourable shifts apart. Components: `main`, the net
number; `favourable` and `unfavourable`, each less the false ones expected. The interval is the count less the 95 %
range of the shuffles.

Worked example: over a year a team's kept promises rise once for good and its hand-ons fall once for good, while its
first contact resolution drops once: favourable 2, unfavourable 1. The shuffles show 0.4 and 0.5 on average: main (2 -
0.4) - (1 - 0.5) = 1.1.

Source: Psichogios on passion; see the principle.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.contracts.results import CELL_KEY, DEFAULT
from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import kpi
from transforms.stats.seeds import seed_of
from transforms.stats.shifts import shuffled, sustained_shifts

WEEKLY = (
    "promise_kept_rate",
    "seamless_rate",
    "forced_return_rate",
    "first_contact_resolution",
    "own_authority_rate",
    "hot_potato_rate",
    "night_guest_rate",
)
FAVOURABLE, UNFAVOURABLE = "favourable", "unfavourable"
WEEKS, MINIMUM_POINTS, MINIMUM_UNITS = 52, 26, 5
_CELL = [name for name in CELL_KEY if name != "component"]
Floats = NDArray[np.float64]


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """The three components of every cell, from the weekly values of its KPIs."""
    observed = rows.filter(pl.col("component") == DEFAULT)
    week = (pl.col("on") - pl.col("period_start")).dt.total_days() // 7
    points = (
        observed.group_by(*_CELL, "weekly_kpi", "sign", week.alias("week"))
        .agg(pl.col("numerator", "denominator").sum())
        .filter(pl.col("denominator") >= MINIMUM_UNITS)
        .with_columns(value=pl.col("numerator") / pl.col("denominator"))
        .filter(pl.len().over(*_CELL, "weekly_kpi") >= MINIMUM_POINTS)
        .sort(*_CELL, "weekly_kpi", "week")
        .collect()
    )
    seed = facts.context.seed
    found = [
        (*key, *numbers)
        for key, cell in points.group_by(_CELL, maintain_order=True)
        for numbers in _shifts(cell, seed_of(seed, "tiny_gains", *key))
    ]
    types = rows.collect_schema()
    schema = {name: types[name] for name in (*_CELL, "component")}
    numbers = ("value", "ci_low", "ci_high", "denominator")
    estimated = pl.LazyFrame(found, schema=schema | dict.fromkeys(numbers, pl.Float64), orient="row")
    silent = pl.col("value").is_null()
    return (
        rows.select(CELL_KEY)
        .unique()
        .join(estimated, on=CELL_KEY, how="left")
        .select(
            *CELL_KEY,
            "value",
            "ci_low",
            "ci_high",
            "denominator",
            pl.lit("shuffled_weeks").alias("interval_method"),
            pl.when(silent).then(pl.lit("not_enough_data")).alias("state"),
            pl.when(silent).then(pl.lit("fewer_than_26_weeks")).alias("flags"),
        )
    )


def _shifts(cell: pl.DataFrame, seed: tuple[int, ...]) -> list[tuple[str, float, float, float, float]]:
    """Component, value, interval and number of weekly KPIs of one cell."""
    place = cell["weekly_kpi"].rle_id().to_numpy()
    series = np.full((place[-1] + 1, WEEKS), np.nan)
    # Turned so that up is always favourable.
    series[place, cell["week"].to_numpy()] = (cell["value"] * cell["sign"]).to_numpy()
    seen = [counts.sum(axis=-1).astype(float) for counts in sustained_shifts(series)]
    false = [counts.sum(axis=-1).astype(float) for counts in sustained_shifts(shuffled(series, seed))]
    pairs = {
        DEFAULT: (seen[0] - seen[1], false[0] - false[1]),
        FAVOURABLE: (seen[0], false[0]),
        UNFAVOURABLE: (seen[1], false[1]),
    }
    return [
        (component, *_beyond(float(count), chance), float(len(series))) for component, (count, chance) in pairs.items()
    ]


def _beyond(count: float, chance: Floats) -> tuple[float, float, float]:
    """What lies beyond chance, and its range."""
    low, high = np.quantile(chance, (0.025, 0.975))
    value = count - float(chance.mean())
    return value, min(count - float(high), value), max(count - float(low), value)


KPI = Kpi(
    id="tiny_gains",
    version=1,
    title="Small improvements that last",
    sources=("tickets",),
    needs=("ticket",),
    formula=(
        "favourable - unfavourable sustained shifts (8 points in line) over 52 weeks of the unit's weekly KPIs, "
        "less the false shifts expected"
    ),
    unit="score",
    direction="up",
    grains=("window_52w",),
    components=(DEFAULT, FAVOURABLE, UNFAVOURABLE),
    unit_of_analysis="weekly KPI of the unit",
    person_based=False,
    people=("agents",),
    # The weekly KPIs wait up to 14 days for reopens.
    maturity_days=21,
    bounds=(-50.0, 50.0),
    anchors=(-2.0, 4.0),
    roll_up_components=(DEFAULT,),
    pitfalls=(
        "A shift says that a number moved and stayed, not why, and not that people moved it.",
        "The seven KPIs overlap: one change may shift two of them.",
        "A slow drift is several shifts, a jump is one.",
        "Units with few tickets a week have no points; they are silent, not standing still.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """Numerators and denominators of the weekly KPIs per unit, week and agent, once per component."""
    week = pl.col("on").dt.truncate("1w")
    frames = []
    for kpi_id in WEEKLY:
        weekly = kpi(kpi_id)
        if not set(weekly.kpi.needs) <= facts.provided:
            continue
        rows = weekly.observe(facts)
        named = {"component", "variant"} & set(rows.collect_schema().names())
        frames.append(
            rows.filter(*[pl.col(name) == DEFAULT for name in sorted(named)])
            .filter(pl.col("denominator") > 0, pl.col("on").is_not_null())
            .group_by("org_unit_id", week.alias("on"), "agent_key")
            .agg(pl.col("numerator", "denominator").cast(pl.Float64).sum())
            .with_columns(
                pl.lit(kpi_id).alias("weekly_kpi"), pl.lit(1.0 if weekly.kpi.direction == "up" else -1.0).alias("sign")
            )
            # One after the other: together they take several times the memory.
            .collect()
            .lazy()
        )
    observed = pl.concat(frames, how="vertical_relaxed")
    return pl.concat([observed.with_columns(pl.lit(component).alias("component")) for component in KPI.components])
