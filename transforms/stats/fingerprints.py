"""How near texts are to one another, told from their fingerprints alone."""

from __future__ import annotations

import numpy as np
import polars as pl

_PAIRS_AT_ONCE = 4_000_000


def near_any(fingerprints: pl.Series, references: pl.Series, bits: int) -> pl.Series:
    """Whether each fingerprint differs from any of `references` in at most `bits` bits; null for null.

    Every distinct fingerprint is compared once, a few million pairs at a time.
    """
    distinct = fingerprints.drop_nulls().unique().sort()
    known = references.drop_nulls().unique().to_numpy()
    codes = distinct.to_numpy()
    is_near = np.zeros(len(codes), dtype=bool)
    step = max(1, _PAIRS_AT_ONCE // max(1, len(known)))
    for first in range(0, len(codes), step):
        part = codes[first : first + step]
        differing = np.bitwise_count(part[:, None] ^ known[None, :])
        is_near[first : first + step] = (differing <= bits).any(axis=1)
    return fingerprints.replace_strict(
        distinct, pl.Series(is_near, dtype=pl.Boolean), default=None, return_dtype=pl.Boolean
    )
