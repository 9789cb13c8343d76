from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from transforms.stats.shrinkage import beta_binomial

GROUP = "office"


def _shrunk(x: list[int], n: list[int]) -> list[float | None]:
    units = pl.DataFrame({GROUP: ["front"] * len(x), "x": x, "n": n})
    return beta_binomial(units.lazy(), [GROUP], "x", "n").collect()["shrunk_value"].to_list()


def test_worked_example() -> None:
    # Eight units of 10: shares .1 .1 .1 .1 .9 .9 .9 .9, p = .5, S = 8 * 10 * .16 = 12.8.
    # rho = (12.8 / .25 - 7) / (8 * (7/8) * 9) = 44.2 / 63, M = 63 / 44.2 - 1 = .42534.
    weight = 63 / 44.2 - 1

    got = _shrunk([1] * 4 + [9] * 4, [10] * 8)

    assert got == pytest.approx([(1 + weight * 0.5) / (10 + weight)] * 4 + [(9 + weight * 0.5) / (10 + weight)] * 4)


def test_units_no_more_different_than_chance_are_all_drawn_to_the_common_share() -> None:
    assert _shrunk([5, 5, 5, 5, 5, 5, 5, 5], [10] * 8) == pytest.approx([0.5] * 8)


def test_unanimous_units_stay() -> None:
    assert _shrunk([10] * 8, [10] * 8) == pytest.approx([1.0] * 8)


def test_fewer_than_eight_units_are_left_alone() -> None:
    assert _shrunk([1, 9, 5, 4, 3, 2, 1], [10] * 7) == [None] * 7


def test_a_unit_without_trials_neither_counts_nor_gets_a_value() -> None:
    got = _shrunk([1] * 4 + [9] * 4 + [0], [10] * 8 + [0])

    assert got[:8] == pytest.approx(_shrunk([1] * 4 + [9] * 4, [10] * 8))
    assert got[8] is None


def test_recovers_the_parameters_it_was_drawn_from() -> None:
    # Beta(12, 4): share 0.75, M = 16; so (x + 16 * 0.75) / (n + 16) is the best possible estimate.
    rng = np.random.default_rng(3)
    n = rng.integers(20, 200, 4000)
    x = rng.binomial(n, rng.beta(12, 4, 4000))

    got = np.array(_shrunk(x.tolist(), n.tolist()), dtype=float)

    np.testing.assert_allclose(got, (x + 12) / (n + 16), atol=0.01)
