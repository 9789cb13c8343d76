"""The tail of a new point against Student's t, and against simulated steady series."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from transforms.stats.few_points import two_sided_tail


def tails(scores: list[float | None], n: list[int | None]) -> list[float | None]:
    points = pl.DataFrame({"score": scores, "n": n}, schema={"score": pl.Float64, "n": pl.Int64})
    return points.select(two_sided_tail(pl.col("score"), pl.col("n")))["score"].to_list()


def test_eight_points_by_hand() -> None:
    # 7^2 / (2 * (0.8264 * 8 - 1.082)) = 4.43 degrees of freedom; 3 sigmas are 3 / sqrt(9 / 8) = 2.83 of them
    degrees = 49 / (2 * (0.8264 * 8 - 1.082))

    assert tails([3.0], [8]) == pytest.approx([2 * stats.t.sf(3 / np.sqrt(9 / 8), degrees)])
    assert tails([3.0], [8])[0] == pytest.approx(0.043, abs=0.001)


def test_the_sign_does_not_matter_and_the_middle_is_no_surprise() -> None:
    up, down, middle = tails([2.0, -2.0, 0.0], [12, 12, 12])

    assert up == down
    assert middle == 1.0


def test_with_many_points_it_is_the_normal_tail() -> None:
    assert tails([1.96], [100_000]) == pytest.approx([0.05], abs=1e-4)


def test_what_is_not_known_has_no_tail() -> None:
    assert tails([None, 2.0], [8, None]) == [None, None]


@pytest.mark.parametrize("n", [8, 16, 24])
@pytest.mark.parametrize("level", [0.05, 0.01, 0.001])
def test_a_steady_series_is_called_surprising_as_rarely_as_said(n: int, level: float) -> None:
    series = np.random.default_rng(n).normal(size=(60_000, n + 1))
    past, new = series[:, :n], series[:, n]
    sigma = np.abs(np.diff(past, axis=1)).mean(axis=1) / 1.128
    found = tails(list((new - past.mean(axis=1)) / sigma), [n] * len(new))

    share = float((np.array(found) < level).mean())

    assert 0.2 * level < share < 1.1 * level
