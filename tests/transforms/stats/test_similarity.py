from __future__ import annotations

import numpy as np
import polars as pl

from transforms.stats.similarity import repeats_recent


def repeated(texts: pl.DataFrame, last: int = 50, within_bits: int = 9) -> list[bool | None]:
    found = repeats_recent(texts, "author", ["at"], "bits", last=last, within_bits=within_bits)
    return found["is_repeated"].to_list()


def texts_of(bits: list[int | None], author: str = "a") -> pl.DataFrame:
    schema = {"author": pl.String, "at": pl.Int64, "bits": pl.Int64}
    return pl.DataFrame([(author, at, bit) for at, bit in enumerate(bits)], schema=schema, orient="row")


def test_nine_bits_are_alike_and_ten_are_not() -> None:
    assert repeated(texts_of([0, 2**9 - 1])) == [False, True]
    assert repeated(texts_of([0, 2**10 - 1])) == [False, False]


def test_only_the_last_ones_of_the_same_author_count() -> None:
    far = [0x5555_5555_5555 << shift for shift in (1, 8)]
    assert repeated(texts_of([0, *far, 0]), last=3) == [False, False, False, True]
    assert repeated(texts_of([0, *far, 0]), last=2) == [False, False, False, False]
    assert repeated(pl.concat([texts_of([7]), texts_of([7], "b")])) == [False, False]


def test_a_text_without_a_fingerprint_is_unknown_and_no_copy() -> None:
    assert repeated(texts_of([5, None, 5])) == [False, None, True]
    assert repeated(texts_of([])) == []


def test_against_a_plain_loop_in_any_order() -> None:
    rng = np.random.default_rng(6)
    rows = pl.DataFrame(
        {"author": rng.choice(["a", "b", "c"], 120), "at": np.arange(120), "bits": rng.integers(0, 2**12, 120)}
    )
    expected = []
    for author in "abc":
        own = rows.filter(pl.col("author") == author)["bits"].to_list()
        expected += [any((one ^ two).bit_count() <= 1 for two in own[max(0, n - 5) : n]) for n, one in enumerate(own)]

    assert repeated(rows.sample(fraction=1.0, shuffle=True, seed=2), last=5, within_bits=1) == expected
    assert 0 < sum(expected) < 120
