"""How often a simulated test is repeated, and how far chance alone may take its result from the stated band.

Every simulation runs 200 times in each test run and 2,000 times in the soak, where the stated band holds outright. With
200 repetitions a method that lies exactly on the edge of its band would fail every second time, so the edge is moved to
where such a method fails once in a thousand times: for 93 % of 200 to 174 (0.87), for 97 % to 200 (1.0).
"""

from __future__ import annotations

import pytest
from scipy.stats import binom

SOAK = 2000
REPLICATED = pytest.mark.parametrize("replications", [200, pytest.param(SOAK, marks=pytest.mark.soak)])
_FALSE_ALARM = 0.001


def at_least(share: float, replications: int) -> float:
    """The least share of successes to be accepted from a method that is said to have at least `share`."""
    return share if replications >= SOAK else float(binom.ppf(_FALSE_ALARM, replications, share)) / replications


def at_most(share: float, replications: int) -> float:
    """The largest share of successes to be accepted from a method that is said to have at most `share`."""
    return share if replications >= SOAK else float(binom.isf(_FALSE_ALARM, replications, share)) / replications


def covers(covered: float, replications: int, low: float = 0.93, high: float = 0.97) -> bool:
    """Whether a share of intervals that held the truth agrees with a coverage between `low` and `high`."""
    return at_least(low, replications) <= covered <= at_most(high, replications)
