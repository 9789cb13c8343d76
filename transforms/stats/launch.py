"""What a launch lifted, and how much of the lift was still there later: contrasts of overdispersed Poisson rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, ndtri

Floats = NDArray[np.float64]
Z = float(ndtri(0.975))


def lift(
    events: ArrayLike, exposure: ArrayLike, base_events: ArrayLike, base_exposure: ArrayLike, dispersion: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Rate after minus rate before with a 95 % Wald interval, and the one-sided p-value that it rose: element-wise.

    The p-value is the conditional binomial one of two Poisson counts, with counts divided by the dispersion. NaN
    without exposure on a side; the p-value is 1 without events.
    """
    x, t, x0, t0, spread = _floats(events, exposure, base_events, base_exposure, dispersion)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = x / t - x0 / t0
        half = Z * np.sqrt(spread * (x / t**2 + x0 / t0**2))
        p_value = np.where(x > 0, betainc(np.maximum(x / spread, 1e-12), x0 / spread + 1, t / (t + t0)), 1.0)
    known = (t > 0) & (t0 > 0)
    return tuple(np.where(known, number, np.nan) for number in (value, value - half, value + half, p_value))  # type: ignore[return-value]


def retained(
    late_events: ArrayLike,
    late_exposure: ArrayLike,
    early_events: ArrayLike,
    early_exposure: ArrayLike,
    base_events: ArrayLike,
    base_exposure: ArrayLike,
    dispersion: ArrayLike,
) -> tuple[Floats, Floats, Floats]:
    """(late rate - base) / (early rate - base) with Fieller's 95 % interval: (value, low, high), element-wise.

    Both differences share the base, which Fieller's interval takes into account: it holds every ratio R for which
    late - R * early - (1 - R) * base does not differ from 0. It is NaN where the early lift itself does not differ
    from 0, for then no ratio can be ruled out.
    """
    x3, t3, x1, t1, x0, t0, spread = _floats(
        late_events, late_exposure, early_events, early_exposure, base_events, base_exposure, dispersion
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        late, early, base = x3 / t3, x1 / t1, x0 / t0
        a, b = late - base, early - base
        var_late, var_early, var_base = (spread * rate / t for rate, t in ((late, t3), (early, t1), (base, t0)))
        squared = b**2 - Z**2 * (var_early + var_base)
        linear = a * b - Z**2 * var_base
        root = np.sqrt(np.maximum(linear**2 - squared * (a**2 - Z**2 * (var_late + var_base)), 0.0))
        value = np.where(b != 0, a / b, np.nan)
        is_bounded = (squared > 0) & (b > 0)
        low, high = (np.where(is_bounded, (linear + sign * root) / squared, np.nan) for sign in (-1, 1))
    return value, low, high


def _floats(*numbers: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(number, dtype=np.float64) for number in numbers)
