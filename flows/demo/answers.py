"""Answers on scales, drawn so that the expected favourable share is exactly the planned one.

Answers of one person lean the same way; the lean of a person moves every item, and no item's share.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from flows.demo.arrivals import Numbers
from flows.demo.business_time import Seconds
from flows.demo.quota import counted_out

NO_ANSWER = -1
# Of favourable answers, and of the others, how many give each of five points.
POINT_SHARES = {5: 0.42, 4: 0.58, 3: 0.55, 2: 0.30, 1: 0.15}
_LEAN = 0.55  # correlation of a person's answers on the normal scale
# Two answers with a mean of at least 4, and with a mean below it, and how often each pair occurs.
_FAVOURABLE_PAIRS = np.array([(4, 4), (5, 5), (4, 5), (5, 4), (5, 3), (3, 5)])
_FAVOURABLE_SHARES = (0.30, 0.34, 0.16, 0.16, 0.02, 0.02)
_OTHER_PAIRS = np.array([(3, 3), (2, 2), (3, 4), (4, 3), (2, 3), (3, 2), (1, 1), (1, 2), (2, 4)])
_OTHER_SHARES = (0.30, 0.20, 0.12, 0.12, 0.08, 0.08, 0.05, 0.03, 0.02)


def leaning(rng: np.random.Generator, n: int) -> Numbers:
    """How favourably each of `n` people answers on the whole, standard normal."""
    return rng.standard_normal(n)


def point(rng: np.random.Generator, lean: Numbers, favourable: Numbers) -> Seconds:
    """Answers of 1 to 5, 4 or 5 with the chance `favourable`."""
    lot = _lot(rng, lean)
    rest = (lot - favourable) / np.maximum(1 - favourable, 1e-9)
    five, three, two = (POINT_SHARES[points] for points in (5, 3, 2))
    return np.select([lot < five * favourable, lot < favourable, rest < three, rest < three + two], [5, 4, 3, 2], 1)


def pair(rng: np.random.Generator, favourable: Numbers) -> tuple[Seconds, Seconds]:
    """Answers of 1 to 5 to two items of one construct; their mean is 4 or more for the share `favourable`.

    Counted out: among those with the same chance the share is met exactly, in every wave.
    """
    n = len(favourable)
    good = _FAVOURABLE_PAIRS[rng.choice(len(_FAVOURABLE_PAIRS), n, p=_FAVOURABLE_SHARES)]
    other = _OTHER_PAIRS[rng.choice(len(_OTHER_PAIRS), n, p=_OTHER_SHARES)]
    is_favourable = counted_out(rng, np.round(favourable * 1_000).astype(np.int64), favourable)
    answers = np.where(is_favourable[:, None], good, other)
    return answers[:, 0], answers[:, 1]


def promoter(rng: np.random.Generator, lean: Numbers, promoters: float, passives: float) -> Seconds:
    """Answers of 0 to 10: 9 or 10 with the chance `promoters`, 7 or 8 with `passives`, else 0 to 6."""
    lot = _lot(rng, lean)
    detractor = np.minimum((rng.random(len(lot)) ** 0.5 * 7).astype(np.int64), 6)
    nine_or_seven = rng.integers(0, 2, len(lot))
    return np.select([lot < promoters, lot < promoters + passives], [9 + nine_or_seven, 7 + nine_or_seven], detractor)


def _lot(rng: np.random.Generator, lean: Numbers) -> Numbers:
    """Uniform numbers that fall as the lean rises."""
    noise = rng.standard_normal(len(lean))
    lot: Numbers = ndtr(-(np.sqrt(_LEAN) * lean + np.sqrt(1 - _LEAN) * noise))
    return lot
