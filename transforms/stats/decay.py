"""How fast a lift fades: the half-life of a rate that jumps at a launch and decays towards where it was.

rate(t) = b before the launch, b + p * 2^(-t / h) after it, t in weeks. Events of a week are quasi-Poisson with mean
exposure * rate averaged over the week. Given h the model is linear; and as the fitted events of the best b and p add
up to the observed ones, only the share of events due to the launch is to be found, a concave problem in one unknown.
So the deviance is profiled over a grid of h, for all series at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit, xlogy

Floats = NDArray[np.float64]
PARAMETERS = 3
SHORTEST, LONGEST, POINTS = 0.25, 260.0, 97
_BISECTIONS = 24
_SERIES_AT_ONCE = 48


def fit_decay(weeks: pl.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """Base, lift and half-life per series of `weeks` (`by`, week, events, exposure); week 0 begins with the launch.

    Shape: `by`, base, lift (b and p in events per exposure and week), half_life, half_life_low, half_life_high
    (95 % profile interval; the upper end null where the profile never leaves it within 260 weeks), dispersion (Pearson
    chi-square over degrees of freedom, at least 1), weeks_before and weeks_after with exposure. Numbers are null
    for a series without events or with no degree of freedom. Weeks without exposure say nothing.
    """
    used = weeks.filter(pl.col("exposure") > 0).sort(*by, "week").collect()
    series = used.select(by).unique(maintain_order=True)
    if series.is_empty():
        return _frame(series, np.empty((0, 6)), np.empty((0, 2), dtype=np.int64))
    placed = used.join(series.with_row_index("series"), on=list(by), maintain_order="left")
    first = int(placed["week"].min())  # type: ignore[arg-type]
    shape = (series.height, int(placed["week"].max()) - first + 1)  # type: ignore[arg-type]
    cells = placed["series"].to_numpy(), placed["week"].to_numpy() - first
    events, exposure = np.zeros(shape), np.zeros(shape)
    events[cells], exposure[cells] = placed["events"].to_numpy(), placed["exposure"].to_numpy()
    number = np.arange(first, first + shape[1])
    halves = np.geomspace(SHORTEST, LONGEST, POINTS)
    curves = _curves(number, halves)
    parts = [
        _fit(events[start : start + _SERIES_AT_ONCE], exposure[start : start + _SERIES_AT_ONCE], curves, halves)
        for start in range(0, series.height, _SERIES_AT_ONCE)
    ]
    seen = exposure > 0
    counts = np.stack([seen[:, number < 0].sum(axis=1), seen[:, number >= 0].sum(axis=1)], axis=1)
    return _frame(series, np.concatenate(parts), counts)


def _curves(number: NDArray[np.int64], halves: Floats) -> Floats:
    """Mean of 2^(-t / h) over each week after the launch, 0 before: [h, week]."""
    start = np.where(number >= 0, number, 0)
    mean = halves[:, None] / np.log(2) * 2.0 ** (-start / halves[:, None]) * -np.expm1(-np.log(2) / halves[:, None])
    return np.where(number >= 0, mean, 0.0)


def _fit(events: Floats, exposure: Floats, curves: Floats, halves: Floats) -> Floats:
    """base, lift, half_life, low, high, dispersion of each series (NaN: none)."""
    total, flat = events.sum(axis=1)[:, None, None], exposure.sum(axis=1)[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = (exposure[:, None, :] * curves).sum(axis=2, keepdims=True)
        base_shape = 1.0 / flat
        lift_shape = np.where(weight > 0, curves / weight, 0.0)
        share = _share_of_launch(events[:, None, :], base_shape, lift_shape)
        rate = total * ((1 - share) * base_shape + share * lift_shape)
        fitted = exposure[:, None, :] * rate
        observed = events[:, None, :]
        deviance = 2 * (xlogy(observed, observed) - xlogy(observed, fitted) - (observed - fitted)).sum(axis=2)
        best = np.nanargmin(np.where(np.isfinite(deviance), deviance, np.inf), axis=1)
        row = np.arange(len(events))
        chosen = fitted[row, best]
        degrees = (exposure > 0).sum(axis=1) - PARAMETERS
        pearson = np.where(chosen > 0, (events - chosen) ** 2 / np.where(chosen > 0, chosen, 1.0), 0.0).sum(axis=1)
        dispersion = np.maximum(pearson / degrees, 1.0)
        limit = dispersion * stdtrit(np.maximum(degrees, 1), 0.975) ** 2
        half, low, high = _profile(deviance, best, limit, np.log(halves))
        base = (total * (1 - share) * base_shape)[row, best, 0]
        lift = (total * share / weight)[row, best, 0]
    found = np.stack([base, lift, half, low, high, dispersion], axis=1)
    found[(events.sum(axis=1) == 0) | (degrees < 1)] = np.nan
    return found


def _share_of_launch(events: Floats, base_shape: Floats, lift_shape: Floats) -> Floats:
    """The share of events due to the launch that fits best, by bisection of the slope of the likelihood: [s, h, 1]."""
    low = np.zeros((events.shape[0], lift_shape.shape[1], 1))
    high = np.ones_like(low)
    difference = lift_shape - base_shape
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        slope = (events * (difference / (base_shape + middle * difference))).sum(axis=2, keepdims=True)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    return (low + high) / 2


def _profile(deviance: Floats, best: NDArray[np.int64], limit: Floats, log_halves: Floats) -> tuple[Floats, ...]:
    """Half-life and the ends of its interval from the profile over the grid, between points by interpolation."""
    row, last = np.arange(len(best)), len(log_halves) - 1
    step = log_halves[1] - log_halves[0]
    inner = np.clip(best, 1, last - 1)
    before, at, after = (deviance[row, inner + move] for move in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.where((inner == best) & (bend > 0), 0.5 * (before - after) / bend, 0.0)
    lowest = at - np.where(inner == best, 0.25 * (before - after) * shift, at - deviance[row, best])
    excess = deviance - (lowest + limit)[:, None]
    grid = np.arange(last + 1)
    below = np.where((excess > 0) & (grid < best[:, None]), grid, -1).max(axis=1)
    above = np.where((excess > 0) & (grid > best[:, None]), grid, last + 1).min(axis=1)
    low = np.where(below < 0, log_halves[0], _crossing(excess, log_halves, below, below + 1))
    high = np.where(above > last, np.inf, _crossing(excess, log_halves, above - 1, above))
    half = log_halves[best] + np.clip(shift, -1, 1) * step
    return np.exp(half), np.exp(np.minimum(low, half)), np.exp(np.maximum(high, half))


def _crossing(excess: Floats, log_halves: Floats, left: NDArray[np.int64], right: NDArray[np.int64]) -> Floats:
    """Where the line between two neighbouring grid points meets zero."""
    last, row = len(log_halves) - 1, np.arange(len(excess))
    a, b = np.clip(left, 0, last), np.clip(right, 0, last)
    first, second = excess[row, a], excess[row, b]
    fraction = np.where(first != second, first / np.where(first != second, first - second, 1.0), 0.0)
    crossing: Floats = log_halves[a] + fraction * (log_halves[b] - log_halves[a])
    return crossing


def _frame(series: pl.DataFrame, found: Floats, counts: NDArray[np.int64]) -> pl.DataFrame:
    names = ("base", "lift", "half_life", "half_life_low", "half_life_high", "dispersion")
    numbers = [pl.Series(name, found[:, i], dtype=pl.Float64) for i, name in enumerate(names)]
    finite = pl.DataFrame(numbers).select(pl.when(pl.col(name).is_finite()).then(name) for name in names)
    weeks = [pl.Series(name, counts[:, i], dtype=pl.Int64) for i, name in enumerate(("weeks_before", "weeks_after"))]
    return pl.concat([series, finite, pl.DataFrame(weeks)], how="horizontal")
