"""A rate ratio common to several strata, exact: two Poisson counts in each, compared within it and only there.

Given a stratum's total n, the first count is binomial (n, r w / (r w + 1 - w)) with w the share of the exposure on the
first side and r the rate ratio. Strata with equal w are one. The sum of the first counts is then a sum of a few
binomials, whose distribution is found exactly by multiplying their characteristic functions. With one stratum this is
the exact conditional interval of two Poisson rates.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]
TAIL = 0.025
_LIMIT = 25.0  # of the log ratio


def common_rate_ratio(first: Floats, total: Floats, share: Floats) -> tuple[float, float, float]:
    """Conditional maximum likelihood ratio with its exact 95 % interval: (value, low, high).

    One entry per stratum: events on the first side, events on both, share of the exposure on the first side (above 0,
    under 1). 0 or infinite where all events lie on one side; all NaN without events.
    """
    n, w, x = total.sum(), share, float(first.sum())
    if n == 0:
        return float("nan"), float("nan"), float("nan")
    levels, place = np.unique(np.round(w, 12), return_inverse=True)
    counts = np.bincount(place, total)

    def chances(log_ratio: float) -> Floats:
        odds = np.exp(log_ratio) * levels / (1 - levels)
        result: Floats = odds / (1 + odds)
        return result

    def probabilities(log_ratio: float) -> Floats:
        """P(sum = 0), P(sum = 1), ... under the ratio."""
        turn = np.exp(2j * np.pi * np.arange(int(n) + 1) / (n + 1))
        chance = chances(log_ratio)[:, None]
        spectrum = np.prod((1 - chance + chance * turn[None, :]) ** counts[:, None], axis=0)
        # The transform of a mass function is its characteristic function at -k.
        mass: Floats = np.fft.fft(spectrum).real / (n + 1)
        return mass

    at = int(x)
    value = _solved(lambda g: float((counts * chances(g)).sum() - x)) if 0 < x < n else (0.0 if x == 0 else np.inf)
    low = _solved(lambda g: float(probabilities(g)[at:].sum()) - TAIL) if x > 0 else 0.0
    high = _solved(lambda g: TAIL - float(probabilities(g)[: at + 1].sum())) if x < n else np.inf
    return float(value), float(low), float(high)


def _solved(rising: Callable[[float], float]) -> float:
    """The ratio at which a function of the log ratio crosses zero upwards."""
    if rising(-_LIMIT) > 0:
        return 0.0
    if rising(_LIMIT) < 0:
        return float("inf")
    return float(np.exp(brentq(rising, -_LIMIT, _LIMIT, xtol=1e-10)))
