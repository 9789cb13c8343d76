"""Gini against its definition, its fair expectation against enumeration, simulation and Bessel functions."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from scipy.special import ive

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.inequality import excess_gini, expected_gini


def gini_by_definition(counts: np.ndarray) -> float:
    n = len(counts)
    return float(np.abs(counts[:, None] - counts[None, :]).sum() / (2 * n * (n - 1) * counts.mean()))


def excess(counts: list[int], seed: int | None = None) -> dict[str, float]:
    frame = pl.DataFrame({"unit": "a", "receipts": counts})
    if seed is not None:
        frame = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    return excess_gini(frame.lazy(), ["unit"], "receipts").row(0, named=True)


def test_expectation_by_listing_every_way_to_give() -> None:
    # 4 receipts to 3 people: 81 equally likely ways.
    ways = [np.bincount(way, minlength=3) for way in itertools.product(range(3), repeat=4)]

    assert expected_gini(3, 4) == pytest.approx(np.mean([gini_by_definition(way) for way in ways]))


def test_two_people_and_one_receipt_are_as_uneven_as_can_be() -> None:
    assert expected_gini([2, 10], [1, 1]).tolist() == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("mean", [0.2, 0.5, 2.0, 20.0])
def test_large_groups_have_the_closed_form_of_poisson_counts(mean: float) -> None:
    assert expected_gini(40_000, 40_000 * mean) == pytest.approx(ive(0, 2 * mean) + ive(1, 2 * mean), rel=2e-4)


def test_half_a_receipt_per_person_is_two_thirds_without_any_unfairness() -> None:
    assert expected_gini(1000, 500) == pytest.approx(0.674, abs=0.001)


def test_gini_is_its_definition() -> None:
    counts = [0, 0, 1, 3, 2, 0, 7, 1, 1, 4]

    found = excess(counts)

    assert found["gini"] == pytest.approx(gini_by_definition(np.array(counts)))
    assert found["value"] == pytest.approx(found["gini"] - float(expected_gini(10, 19)))


def test_the_jackknife_is_the_textbook_one() -> None:
    counts = np.array([0, 2, 1, 3, 2, 0, 7, 1, 1, 4])
    left = np.delete(np.tile(counts, (10, 1)), np.arange(10) * 11).reshape(10, 9)
    parts = np.array([gini_by_definition(one) - float(expected_gini(9, one.sum())) for one in left])
    error = np.sqrt(9 / 10 * ((parts - parts.mean()) ** 2).sum())

    found = excess(counts.tolist())

    assert found["ci_high"] - found["value"] == pytest.approx(2.262157 * error, rel=1e-5)


@REPLICATED
def test_fair_giving_is_zero_on_average_and_its_interval_holds_zero(replications: int) -> None:
    rng = np.random.default_rng(4)
    frames = [pl.DataFrame({"unit": unit, "receipts": rng.poisson(1.5, 30)}) for unit in range(replications)]

    found = excess_gini(pl.concat(frames).lazy(), ["unit"], "receipts")

    assert abs(found["value"].mean()) < 0.01  # type: ignore[operator, arg-type]
    covered = found.select(((pl.col("ci_low") <= 0) & (pl.col("ci_high") >= 0)).mean()).item()
    assert covers(covered, replications)


def test_order_does_not_matter_and_nothing_given_is_no_number() -> None:
    counts = [0, 0, 1, 3, 2, 0, 7, 1, 1, 4]
    assert excess(counts, seed=3) == excess(counts)
    silent = excess([0, 0, 0])
    assert (silent["value"], silent["ci_low"], silent["expected"]) == (None, None, None)
    assert excess([5])["value"] is None


def test_equal_receipts_are_fairer_than_chance() -> None:
    assert excess([3] * 12)["value"] < 0
