"""Nearness of fingerprints against a count of bits one by one."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.stats.fingerprints import near_any

CODES = st.integers(0, 2**63 - 1)


@settings(max_examples=50, deadline=None)
@given(st.lists(CODES, max_size=8), st.lists(CODES, max_size=4), st.integers(0, 40))
def test_counts_differing_bits(codes: list[int], references: list[int], bits: int) -> None:
    got = near_any(pl.Series(codes, dtype=pl.Int64), pl.Series(references, dtype=pl.Int64), bits)

    assert got.to_list() == [any((code ^ other).bit_count() <= bits for other in references) for code in codes]


def test_null_is_unknown_and_repetition_harmless() -> None:
    got = near_any(pl.Series([7, None, 7, 1 << 40], dtype=pl.Int64), pl.Series([6, None], dtype=pl.Int64), 1)

    assert got.to_list() == [True, None, True, False]
