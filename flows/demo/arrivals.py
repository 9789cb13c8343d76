"""How many tickets reach each team on each day, at what time, and which team-days are rain.

Load varies by season, weekday and chance; nearly every week each team has one hot day of about twice the usual load.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flows.demo.business_time import DAY, OPENS, BusinessTime, Flags, Seconds
from flows.demo.design import Design
from flows.demo.organisation import Organisation
from flows.demo.plan import stream

Numbers = npt.NDArray[np.float64]
_HOT = 2.1
_HOT_WEEKS = 0.92
_WEEKDAY = np.array([1.12, 1.04, 1.0, 0.96, 0.88, 0.20, 0.12])
_QUIET_WEEKDAY = np.array([1.04, 1.0, 1.0, 1.0, 0.96, 0.01, 0.01])
_BACK_WEEKEND = 0.03
_HOLIDAY = 0.12
_MONTH = np.array([1.06, 1.02, 1.0, 0.98, 0.97, 0.96, 0.92, 0.90, 0.98, 1.02, 1.08, 1.15])
# Chance that a ticket of a business day is opened before 09:00 or from 17:00 on: front, back, quiet weekends.
_AFTER_HOURS = (0.15, 0.04, 0.08)
_OPEN_HOURS = np.array([1.2, 1.4, 1.3, 0.9, 0.8, 1.0, 1.1, 0.9])  # 09:00 to 17:00
_CLOSED_HOURS = np.array([2, 1, 0, 1, 1, 2, 5, 9, 14, 0, 0, 0, 0, 0, 0, 0, 0, 16, 14, 12, 10, 7, 5, 3], dtype=float)
_FREE_DAY_HOURS = np.array([2, 1, 0, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 4, 3], dtype=float)
LOAD_HISTORY_DAYS = 20
RAIN_NEIGHBOUR_DAYS = 10
RAIN_QUANTILE = 0.80


@dataclass(frozen=True)
class Arrivals:
    """One entry per ticket, in order of creation, and the rain of every team and business day.

    `rain[team, i]` is about the i-th business day of the demo; `is_rain` says it for each ticket (false on days that
    are no business days).
    """

    team: Seconds
    created: Seconds
    is_night: Flags
    is_rain: Flags
    business_days: Seconds
    rain: Flags


def draw_arrivals(seed: int, n_tickets: int, company: Organisation, time: BusinessTime) -> Arrivals:
    """Draw team and time of creation of `n_tickets` tickets, and find the rain in them."""
    rng = np.random.default_rng(stream(seed, "arrivals"))
    days = company.first_day + np.arange(company.n_days)
    weights = _weights(rng, company.design, days, time)
    counts = rng.multinomial(n_tickets, (weights / weights.sum()).ravel()).reshape(weights.shape)
    team, day = np.divmod(np.repeat(np.arange(weights.size), counts.ravel()), company.n_days)
    created = days[day] * DAY + _seconds(rng, company.design, team, days[day], time)
    order = np.lexsort((team, created))
    team, created, day = team[order], created[order], day[order]
    business = np.flatnonzero(time.is_business_day(days))
    rain = rain_days(counts[:, business], company.size[:, business])
    rain_of_day = np.zeros(counts.shape, dtype=bool)
    rain_of_day[:, business] = rain
    return Arrivals(team, created, ~time.is_open(created), rain_of_day[team, day], days[business], rain)


def rain_days(arrivals: Seconds, active: Seconds) -> Flags:
    """Rain by team and business day: load strictly above the 80th percentile of the team's +-10 business days.

    Load is arrivals over the median of active agents on the 20 business days before; at the start, on those there
    are. Both arguments are [team, business day].
    """
    load = np.zeros(arrivals.shape)
    for i in range(arrivals.shape[1]):
        before = active[:, max(0, i - LOAD_HISTORY_DAYS) : i] if i else active[:, :1]
        load[:, i] = arrivals[:, i] / np.maximum(np.median(before, axis=1), 1)
    rain = np.zeros(arrivals.shape, dtype=bool)
    for i in range(arrivals.shape[1]):
        near = load[:, max(0, i - RAIN_NEIGHBOUR_DAYS) : i + RAIN_NEIGHBOUR_DAYS + 1]
        rain[:, i] = load[:, i] > np.quantile(near, RAIN_QUANTILE, axis=1)
    return rain


def _weights(rng: np.random.Generator, design: Design, days: Seconds, time: BusinessTime) -> Numbers:
    """Expected share of all tickets by team and day, not yet scaled to one."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    month = (days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)) % 12
    is_business = time.is_business_day(days)
    front = _WEEKDAY[weekday]
    back = np.where(weekday < 5, front, _BACK_WEEKEND)
    quiet = _QUIET_WEEKDAY[weekday]
    profile = np.array(
        [
            quiet if team.quiet_weekends else front if is_front else back
            for team, is_front in zip(design.teams, design.is_front, strict=True)
        ]
    )
    closed = np.array([0.01 if team.quiet_weekends else _HOLIDAY for team in design.teams])
    profile = np.where(is_business | (weekday > 4), profile, closed[:, None])
    chance = rng.gamma(25.0, 1 / 25.0, profile.shape)
    chance[[team.quiet_weekends for team in design.teams]] = 1.0
    share = np.array([team.tickets for team in design.teams])
    share = share / profile.sum(axis=1)
    seasonal = _MONTH[month] * (1 + 0.08 * np.arange(len(days)) / len(days))
    weights: Numbers = share[:, None] * profile * chance * seasonal * _hot(rng, profile.shape, days, is_business)
    return weights


def _hot(rng: np.random.Generator, shape: tuple[int, ...], days: Seconds, is_business: Flags) -> Numbers:
    """Factor of the hot day of each team and ISO week; 1 elsewhere."""
    factor = np.ones(shape)
    business = np.flatnonzero(is_business)
    week = (days[business] + 3) // 7
    starts = np.flatnonzero(np.diff(week, prepend=week[0] - 1))
    lots = rng.random((shape[0], len(business)))
    drawn = np.maximum.reduceat(lots, starts, axis=1)
    position = np.cumsum(np.isin(np.arange(len(business)), starts)) - 1
    has_hot = rng.random(drawn.shape) < _HOT_WEEKS
    hot = (lots == drawn[:, position]) & has_hot[:, position]
    factor[:, business] = np.where(hot, _HOT, 1.0)
    return factor


def _seconds(rng: np.random.Generator, design: Design, team: Seconds, day: Seconds, time: BusinessTime) -> Seconds:
    """Second of the local day at which each ticket is opened."""
    kinds = np.array(
        [
            2 if spec.quiet_weekends else 0 if front else 1
            for spec, front in zip(design.teams, design.is_front, strict=True)
        ]
    )
    after_hours = rng.random(len(team)) < np.array(_AFTER_HOURS)[kinds[team]]
    opened = rng.choice(8, len(team), p=_OPEN_HOURS / _OPEN_HOURS.sum()) + OPENS // 3_600
    closed = rng.choice(24, len(team), p=_CLOSED_HOURS / _CLOSED_HOURS.sum())
    free = rng.choice(24, len(team), p=_FREE_DAY_HOURS / _FREE_DAY_HOURS.sum())
    hour = np.where(time.is_business_day(day), np.where(after_hours, closed, opened), free)
    return hour * 3_600 + rng.integers(0, 3_600, len(team))
