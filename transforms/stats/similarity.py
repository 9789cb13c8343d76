"""Which texts repeat a recent one of the same author, told by fingerprints alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


def repeats_recent(
    texts: pl.DataFrame, author: str, order: Sequence[str], fingerprint: str, *, last: int, within_bits: int
) -> pl.DataFrame:
    """`texts` in order of author and time, with `is_repeated`: one of the author's `last` texts before it is alike.

    Two texts are alike when their fingerprints (63-bit SimHash) differ in at most `within_bits` bits. Null without a
    fingerprint; a text without one is not among the recent ones.
    """
    ordered = texts.sort(author, *order)
    told = ordered.filter(pl.col(fingerprint).is_not_null() & pl.col(author).is_not_null())
    bits = told[fingerprint].to_numpy()
    who = told[author].rle_id().to_numpy()
    repeated: NDArray[np.bool_] = np.zeros(len(bits), dtype=bool)
    for back in range(1, min(last, len(bits) - 1) + 1):
        is_same = who[back:] == who[:-back]
        if not is_same.any():
            break
        repeated[back:] |= is_same & (np.bitwise_count(bits[back:] ^ bits[:-back]) <= within_bits)
    marked = told.with_columns(pl.Series("is_repeated", repeated))
    rest = ordered.filter(pl.col(fingerprint).is_null() | pl.col(author).is_null())
    unknown = pl.lit(None, dtype=pl.Boolean).alias("is_repeated")
    return pl.concat([marked, rest.with_columns(unknown)]).sort(author, *order)
