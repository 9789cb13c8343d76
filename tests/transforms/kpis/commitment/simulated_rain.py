"""Half years of promises with a known rain gap, many companies at once, as the rain test's estimator takes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

WEEKS, DAYS = 26, 5
START = dt.date(2025, 12, 22)
AGENTS = 7
_SPREAD = 3**0.5  # uniform between plus and minus this has a standard deviation of one


@dataclass(frozen=True)
class Weather:
    """How promises arise. A stratum is a priority and channel; the kept rate falls from the first to the last.

    `day_sd` and `week_sd` are by how much a team's day and a company's week differ in their kept rate from others:
    the day's promises are then not independent. `rain_days` of 130 (None: one in five by chance) are `busier`.
    """

    promises_a_day: float = 20.0
    strata: int = 4
    teams: int = 1
    day_sd: float = 0.0
    week_sd: float = 0.03
    rain_days: int | None = None
    busier: float = 1.8
    mix_shifts: bool = False


def half_years(companies: int, gap: float, weather: Weather, seed: int) -> pl.DataFrame:
    """Observations of the company node, one company per `org_unit_id`; every kept rate is `gap` lower on rain days.

    With `mix_shifts` hard strata are rare on ordinary days and common in rain.
    """
    rng = np.random.default_rng(seed)
    is_rain = _rain(rng, (companies, weather.teams, WEEKS * DAYS), weather.rain_days)[..., None]
    easy_first = np.linspace(1.5, 0.5, weather.strata) / weather.strata
    hard_first = easy_first[::-1] if weather.mix_shifts else easy_first
    trials = rng.poisson(
        weather.promises_a_day * np.where(is_rain, weather.busier * hard_first, easy_first) / weather.teams
    )
    chance = (
        np.linspace(0.75, 0.55, weather.strata)
        + weather.week_sd * _SPREAD * np.repeat(rng.uniform(-1, 1, (companies, 1, WEEKS, 1)), DAYS, axis=2)
        + weather.day_sd * _SPREAD * rng.uniform(-1, 1, (companies, weather.teams, WEEKS * DAYS, 1))
        + gap * is_rain
    )
    kept = rng.binomial(trials, chance)
    company, team, day, stratum = np.nonzero(trials)
    on = pl.date_range(START, START + dt.timedelta(weeks=WEEKS), closed="left", eager=True)
    return pl.DataFrame(
        {
            "org_unit_id": company.astype(str),
            "sky": team.astype(str),
            "on": on.filter(on.dt.weekday() <= DAYS).gather(day),
            "priority": (stratum % 2).astype(str),
            "channel": (stratum // 2).astype(str),
            "is_labelled": is_rain[company, team, day, 0],
            "agent_key": (np.arange(len(company)) % AGENTS).astype(str),
            "numerator": kept[company, team, day, stratum].astype(float),
            "denominator": trials[company, team, day, stratum].astype(float),
        }
    ).with_columns(
        pl.lit("rain_gap").alias("kpi_id"),
        pl.lit(1, dtype=pl.Int64).alias("definition_version"),
        pl.lit("main").alias("component"),
        pl.lit("main").alias("variant"),
        pl.lit("window_26w").alias("period_grain"),
        pl.lit(START).alias("period_start"),
    )


def _rain(rng: np.random.Generator, shape: tuple[int, ...], rain_days: int | None) -> np.ndarray:
    if rain_days is None:
        return rng.random(shape) < 0.2
    return np.argsort(rng.random(shape), axis=-1) < rain_days
