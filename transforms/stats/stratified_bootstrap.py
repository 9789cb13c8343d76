"""Interval of a risk difference from whole blocks (weeks) drawn with replacement, studentised.

Days of one week resemble one another, so weeks are drawn, not rows. A plain percentile interval covers too
rarely with 26 blocks; here each draw is measured in its own linearised standard errors (bootstrap-t, Efron 1981).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DRAWS = 1999
MINIMUM_BLOCKS = 4
# What is left of a standard error of nothing but the last digits of its sums, which differ from run to run.
_NO_SPREAD = 1e-9


def studentised_interval(gaps: Floats, weights: Floats, seed: tuple[int, ...]) -> tuple[float, float]:
    """95 % interval of sum(gaps) / sum(weights), one element per block; NaN with under 4 blocks that carry weight.

    Blocks without weight stay in the draw: how much information a period holds is uncertain too. A draw without any
    spread is measured in the standard error of the whole.
    """
    if np.count_nonzero(weights > 0) < MINIMUM_BLOCKS:
        return float("nan"), float("nan")
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(gaps), size=(DRAWS, len(gaps)))
    estimate, error = _linearised(gaps, weights)
    if error < _NO_SPREAD:
        return float(estimate), float(estimate)
    estimates, errors = _linearised(gaps[drawn], weights[drawn])
    usable = np.isfinite(estimates) & np.isfinite(errors)
    scale = np.where(errors[usable] > _NO_SPREAD * error, errors[usable], error)
    low, high = np.quantile((estimates[usable] - estimate) / scale, [0.025, 0.975])
    return float(max(estimate - high * error, -1.0)), float(min(estimate - low * error, 1.0))


def _linearised(gaps: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Ratio of sums over the last axis and its linearised standard error between blocks; NaN without weight."""
    blocks = gaps.shape[-1]
    total = weights.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = gaps.sum(axis=-1) / total
        squares = ((gaps - ratio[..., None] * weights) ** 2).sum(axis=-1)
        return ratio, np.sqrt(blocks / (blocks - 1) * squares) / total
