"""Rates of rare events and their ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv

Floats = NDArray[np.float64]


def rate_ratio(
    first_events: ArrayLike, first_exposure: ArrayLike, second_events: ArrayLike, second_exposure: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Ratio of two Poisson rates with its exact conditional 95 % interval: (value, low, high), element-wise.

    Given their sum, the first count is binomial with probability r t1 / (r t1 + t2), so Clopper-Pearson bounds of
    that probability give those of the ratio r. The value is NaN without events on the second side, the high bound
    then infinite; without any events all three are NaN.
    """
    x1, t1, x2, t2 = (
        np.asarray(a, dtype=np.float64) for a in (first_events, first_exposure, second_events, second_exposure)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(x1 > 0, betaincinv(x1, x2 + 1, 0.025), 0.0)
        high = np.where(x2 > 0, betaincinv(x1 + 1, x2, 0.975), 1.0)
        value = np.where(x2 > 0, (x1 / t1) / (x2 / t2), np.nan)
        bounds = [np.where(x1 + x2 > 0, p / (1 - p) * t2 / t1, np.nan) for p in (low, high)]
    return value, bounds[0], bounds[1]


def poisson_rate(events: ArrayLike, exposure: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Rate of a Poisson count with its exact 95 % interval (Garwood 1936): (value, low, high), element-wise.

    NaN where the exposure is 0; without any event the low bound is 0 and the high one is not.
    """
    x, t = (np.asarray(a, dtype=np.float64) for a in (events, exposure))
    exposed = np.where(t > 0, t, np.nan)
    low = np.where(x > 0, gammaincinv(np.maximum(x, 1e-9), 0.025), 0.0)
    return x / exposed, low / exposed, gammaincinv(x + 1, 0.975) / exposed
