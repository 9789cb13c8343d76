"""The band of a weighted mean against every corner of the box of weights."""

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.stats.weight_band import weighted_band


def band(values: list[float], weights: list[float], share: float = 0.2) -> tuple[float, float, float]:
    rows = pl.LazyFrame({"unit": ["a"] * len(values), "value": values, "weight": weights})
    (found,) = weighted_band(rows, ["unit"], "value", "weight", share).collect().select("low", "mean", "high").rows()
    return found


def test_two_values_of_equal_weight() -> None:
    # (2.4 * 50 + 1.6 * 80) / 4 = 62 and (1.6 * 50 + 2.4 * 80) / 4 = 68
    assert band([50.0, 80.0], [2.0, 2.0]) == pytest.approx((62.0, 65.0, 68.0))


def test_one_value_has_no_band() -> None:
    assert band([70.0], [3.0]) == pytest.approx((70.0, 70.0, 70.0))


def test_groups_do_not_mix_and_an_empty_one_has_no_row() -> None:
    rows = pl.LazyFrame({"unit": ["b", "a", "b"], "value": [0.0, 70.0, 100.0], "weight": [1.0, 1.0, 1.0]})

    found = weighted_band(rows, ["unit"], "value", "weight", 0.2).collect().sort("unit")

    assert found["unit"].to_list() == ["a", "b"]
    assert found["low"].to_list() == pytest.approx([70.0, 40.0])
    assert found["high"].to_list() == pytest.approx([70.0, 60.0])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 5)), min_size=1, max_size=6), st.randoms())
def test_it_is_what_the_best_and_worst_corner_give_in_any_order(rows: list[tuple[float, float]], shuffler) -> None:
    corners = [
        sum(value * weight * factor for (value, weight), factor in zip(rows, factors, strict=True))
        / sum(weight * factor for (_, weight), factor in zip(rows, factors, strict=True))
        for factors in product((0.8, 1.2), repeat=len(rows))
    ]
    shuffler.shuffle(rows)

    low, mean, high = band([value for value, _ in rows], [weight for _, weight in rows])

    assert low == pytest.approx(min(corners), abs=1e-9)
    assert high == pytest.approx(max(corners), abs=1e-9)
    assert low - 1e-9 <= mean <= high + 1e-9
