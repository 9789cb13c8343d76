"""Sustained shifts of a series: eight points in line on one side of where it was, then counted from its new level.

The first 12 points give the centre (their median). When 8 points in line lie on one side of it (a point on the
centre neither breaks the line nor adds to it), that is a shift to that side, and the median of the 8 is the new
centre. How many shifts chance makes of a series is found by shuffling its own points: a series that wanders little,
has ties or is skewed is compared with itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transforms.stats.run_rules import RUN_POINTS

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
BASELINE_POINTS = 12
DRAWS = 200


def sustained_shifts(series: Floats) -> tuple[Counts, Counts]:
    """Shifts up and down of each row; missing points (NaN) are passed over. Rows of any leading shape."""
    points = _to_the_left(series.reshape(-1, series.shape[-1]))
    rows, length = points.shape
    up, down = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    if length > BASELINE_POINTS:
        centre = np.median(points[:, :BASELINE_POINTS], axis=1)
        side, line = np.zeros(rows), np.zeros(rows, dtype=np.int64)
        recent = np.full((rows, RUN_POINTS), np.nan)
        for week in range(BASELINE_POINTS, length):
            now = np.sign(points[:, week] - centre)
            counts = np.isfinite(now) & (now != 0)
            line = np.where(counts, np.where(now == side, line + 1, 1), line)
            side = np.where(counts, now, side)
            recent[counts] = np.column_stack([recent[counts, 1:], points[counts, week]])
            shifted = counts & (line == RUN_POINTS)
            up[shifted & (side > 0)] += 1
            down[shifted & (side < 0)] += 1
            centre[shifted] = np.median(recent[shifted], axis=1)
            line[shifted], side[shifted] = 0, 0.0
    return up.reshape(series.shape[:-1]), down.reshape(series.shape[:-1])


def shuffled(series: Floats, seed: tuple[int, ...]) -> Floats:
    """200 shuffles of the weeks of several series [series, week], the same weeks for all of them: [draw, series, week].

    Series that rise and fall together do so after the shuffle, and with them their false shifts.
    """
    weeks = np.tile(np.arange(series.shape[1]), (DRAWS, 1))
    order = np.random.default_rng(seed).permuted(weeks, axis=1)
    drawn: Floats = np.moveaxis(series[:, order], 1, 0)
    return drawn


def _to_the_left(points: Floats) -> Floats:
    """Each row's points without gaps, missing ones at the end."""
    order = np.argsort(np.isnan(points), axis=1, kind="stable")
    return np.take_along_axis(points, order, axis=1)
