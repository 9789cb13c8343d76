"""The share of persons' rows: against Wilson where nobody comes twice, and against a slow reference where they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import t
from statsmodels.stats.proportion import proportion_confint

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.clustered_share import clustered_share


def estimated(person: list[int], success: list[bool]) -> dict[str, Any]:
    rows = pl.LazyFrame({"cell": "a", "person": person, "success": success})
    return clustered_share(rows, ["cell"], pl.col("success"), pl.col("person")).collect().row(0, named=True)


def drawn(rng: np.random.Generator, givers: int, share: float, unlike: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `givers` persons, 1 to 7 each, and whether each succeeded; persons differ with sd `unlike`."""
    person = np.repeat(np.arange(givers), rng.integers(1, 8, givers))
    chance = np.clip(share + unlike * rng.choice([-1, 1], givers), 0, 1)[person]
    return person, rng.random(len(person)) < chance


def test_strangers_are_wilson() -> None:
    got = estimated(list(range(60)), [True] * 3 + [False] * 57)

    assert (got["value"], got["n_rows"], got["n_clusters"]) == (0.05, 60, 60)
    assert (got["ci_low"], got["ci_high"]) == pytest.approx(proportion_confint(3, 60, method="wilson"))


def test_against_a_slow_reference() -> None:
    person, success = drawn(np.random.default_rng(3), 40, 0.4, 0.25)
    errors = success - success.mean()
    squares = sum(errors[person == one].sum() ** 2 for one in range(40)) * 40 / 39
    pairs = sum(n * (n - 1) for n in np.bincount(person))
    rho = (squares - sum(errors**2)) / pairs / np.mean(errors**2)
    few = t.ppf(0.975, len(person) - 1) / t.ppf(0.975, 39)
    trials = few**2 * len(person) / (1 + rho * (sum(np.bincount(person) ** 2) / len(person) - 1))

    got = estimated(person.tolist(), success.tolist())

    assert 0.05 < rho < 0.5
    reference = proportion_confint(success.mean() * trials, trials, method="wilson")
    assert (got["ci_low"], got["ci_high"]) == pytest.approx(reference)


def test_by_hand() -> None:
    # Two rows each of ten persons, all or nothing: each pair is one row, times (2.0930 / 2.2622)^2: Wilson for 5.136 of
    # 8.560.
    got = estimated([person for person in range(10) for _ in range(2)], [True] * 12 + [False] * 8)

    reference = proportion_confint(5.136, 8.560, method="wilson")
    assert (got["value"], got["ci_low"], got["ci_high"]) == pytest.approx((0.6, *reference), abs=1e-3)


def test_no_success_leaves_room_for_some() -> None:
    got = estimated([0, 0, 1, 1, 2, 2], [False] * 6)

    # Where nothing varies each person is one row, times (2.5706 / 4.3027)^2: none of 1.0708.
    assert (got["value"], got["ci_low"]) == (0.0, 0.0)
    assert got["ci_high"] == pytest.approx(proportion_confint(0, 1.0708, method="wilson")[1], abs=1e-4)


def test_one_person_has_no_interval() -> None:
    got = estimated([1, 1, 1], [True, False, True])

    assert (got["value"], got["ci_low"], got["ci_high"]) == (pytest.approx(2 / 3), None, None)


@REPLICATED
@pytest.mark.parametrize(("givers", "share", "unlike"), [(20, 0.05, 0.0), (40, 0.3, 0.25), (8, 0.5, 0.3)])
def test_coverage(replications: int, givers: int, share: float, unlike: float) -> None:
    rng = np.random.default_rng(givers)
    cells = [drawn(rng, givers, share, unlike) for _ in range(replications)]
    rows = pl.concat(
        pl.LazyFrame({"cell": number, "person": person, "success": success})
        for number, (person, success) in enumerate(cells)
    )

    found = clustered_share(rows, ["cell"], pl.col("success"), pl.col("person")).collect()

    held = (pl.col("ci_low") <= share) & (pl.col("ci_high") >= share)
    # Of few successes the score interval is wider in places than it need be.
    assert covers(found.select(held.mean()).item(), replications, high=0.985)
