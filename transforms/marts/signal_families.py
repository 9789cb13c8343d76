"""What the signals of one day are derived from, as one number per family.

Signals of a family (all tests whose period ends on the same day) follow from the points it judges with their pasts,
and, for what repeats, from the families of the points before them. Where none of that moved since they were judged
last, they are what they were.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.contracts.results import CELL_KEY

# What a test, or what is told of it, is made of.
_INPUTS = [
    *CELL_KEY,
    "period_end",
    "principle",
    "org_level",
    "value",
    "ci_low",
    "ci_high",
    "numerator",
    "denominator",
    "direction",
    "unit",
    "is_large",
    "as_of",
    "run_id",
]
# Odd, so that multiplication loses nothing: these tell places of a past, and a family from the one before it, apart.
_OLDER, _BEFORE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


def family_inputs(points: pl.DataFrame, fewest: int, most: int) -> pl.DataFrame:
    """Per family `period_end`, `inputs` and `before`, the ends of the points before those it judges.

    `points` come in order of series and time with their `position` in the series; one is judged from the position
    `fewest` on, by up to `most` points before it. `inputs` (decimal digits) is a hash of 64 bits.
    """
    position = points["position"].to_numpy()
    ends, family = np.unique(points["period_end"].to_numpy(), return_inverse=True)
    is_judged, has_before = position >= fewest, position > fewest
    own = np.zeros(len(ends), dtype=np.uint64)
    np.add.at(own, family[is_judged], _with_pasts(points.select(_INPUTS).hash_rows(), position, most)[is_judged])
    of_before = np.roll(family, 1)
    inputs = own.copy()
    np.add.at(inputs, family[has_before], own[of_before[has_before]] * _BEFORE)
    pairs = pl.DataFrame({"period_end": ends[family[has_before]], "before": ends[of_before[has_before]]})
    before = pairs.unique().group_by("period_end").agg("before")
    return (
        pl.DataFrame({"period_end": ends, "inputs": pl.Series(inputs).cast(pl.String)})
        .filter(pl.Series(np.bincount(family, weights=is_judged) > 0))
        .join(before, on="period_end", how="left")
    )


def _with_pasts(hashes: pl.Series, position: np.ndarray, most: int) -> np.ndarray:
    """A hash of each point and the up to `most` before it, from the hashes of the points themselves."""
    own = hashes.to_numpy()
    found, older = own.copy(), np.cumprod(np.full(most, _OLDER))
    for back in range(1, min(most, len(own) - 1) + 1):
        found[back:] += np.where(position[back:] >= back, own[:-back] * older[back - 1], np.uint64(0))
    return found
