from __future__ import annotations

import math

import polars as pl

from transforms.staging.text_features import (
    BITS,
    SIMILAR_WITHIN_BITS,
    fingerprints,
    length_without_tags,
    tags_in,
)

KEY = b"a key for tests"
LONG = " ".join(f"word{number}" for number in range(60))


def _distance(left: int, right: int) -> int:
    return (left ^ right).bit_count()


def test_equal_texts_have_equal_fingerprints_whatever_their_case_and_punctuation() -> None:
    marks = fingerprints(pl.Series(["Thank you, U1!", "thank you u1", "Thank you, U1!"]), KEY)

    assert marks.n_unique() == 1


def test_similar_texts_are_near_and_different_ones_are_not() -> None:
    other = " ".join(f"term{number}" for number in range(60))
    same, changed, different = fingerprints(pl.Series([LONG, LONG + " thanks", other]), KEY).to_list()

    assert _distance(same, changed) <= SIMILAR_WITHIN_BITS
    assert _distance(same, different) > 2 * SIMILAR_WITHIN_BITS


def test_the_bound_is_the_angle_of_a_cosine_of_nine_tenths() -> None:
    assert math.floor(BITS * math.acos(0.9) / math.pi) == SIMILAR_WITHIN_BITS


def test_the_order_of_words_matters() -> None:
    there, back = fingerprints(pl.Series(["good work", "work good"]), KEY).to_list()

    assert there != back


def test_a_fingerprint_needs_the_key_and_is_not_negative() -> None:
    mine, theirs = fingerprints(pl.Series([LONG]), KEY)[0], fingerprints(pl.Series([LONG]), b"other key")[0]

    assert mine != theirs
    assert 0 <= mine < 2**BITS


def test_what_has_no_word_has_no_fingerprint() -> None:
    assert fingerprints(pl.Series([None, "!!!"], dtype=pl.String), KEY).to_list() == [None, None]
    assert fingerprints(pl.Series([], dtype=pl.String), KEY).len() == 0


def test_fingerprints_never_change() -> None:
    # They are compared with those of earlier years, so a new library version may not move them.
    assert fingerprints(pl.Series(["Thank you for staying late"]), b"fixed").to_list() == [7_812_169_604_795_350_910]


def test_length_counts_what_was_written_beside_the_tags() -> None:
    frame = pl.DataFrame({"text": ["Well done  #teamwork", "#a #b", None, "see #123"]})

    assert frame.select(length_without_tags(pl.col("text"))).to_series().to_list() == [9, 0, None, 8]


def test_tags_are_lower_case_and_listed_once() -> None:
    frame = pl.DataFrame({"text": ["#TeamWork and #teamwork, #going-far", "see #123", None]})

    assert frame.select(tags_in(pl.col("text"))).to_series().to_list() == [["teamwork", "going-far"], [], None]
