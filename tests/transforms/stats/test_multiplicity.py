from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import false_discovery_control

from transforms.stats.multiplicity import benjamini_hochberg


def test_equals_scipy_with_ties_and_in_any_order() -> None:
    p_values = np.random.default_rng(1).random(50).round(1) ** 2 * 0.9 + 0.001

    q_values = benjamini_hochberg(pl.LazyFrame({"p_value": p_values})).collect()["q_value"]

    assert q_values.to_list() == pytest.approx(list(false_discovery_control(p_values, method="bh")))


def test_families_are_apart_and_a_missing_p_value_is_no_test() -> None:
    tests = pl.LazyFrame({"night": ["x", "y", "x", "y", "x"], "p_value": [0.01, 0.04, 0.03, None, 0.9]})

    q_values = benjamini_hochberg(tests, family=["night"]).collect()["q_value"].to_list()

    assert q_values == [pytest.approx(0.03), pytest.approx(0.04), pytest.approx(0.045), None, pytest.approx(0.9)]


def test_without_tests_there_is_nothing() -> None:
    empty = pl.LazyFrame(schema={"p_value": pl.Float64})

    assert benjamini_hochberg(empty).collect().columns == ["p_value", "q_value"]
