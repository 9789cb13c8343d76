from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from transforms.stats.seeds import seed_of
from transforms.stats.stratified_permutation import labellings, p_value_lower

# Two weeks of five days, two priorities; one rainy day in the first, two in the second.
RNG = np.random.default_rng(12)
ROWS = pl.DataFrame(
    [
        ("care", week, day, (week, day) in ((1, 2), (2, 0), (2, 4)), priority, int(RNG.binomial(6, 0.7)), 6)
        for week in (1, 2)
        for day in range(5)
        for priority in ("high", "low")
    ],
    schema=["sky", "week", "day", "is_labelled", "priority", "successes", "trials"],
    orient="row",
)


def _listed(rows: pl.DataFrame) -> pl.DataFrame:
    return labellings(rows.lazy(), ["sky", "week"], ["priority"])


def _p(rows: pl.DataFrame, observed: float) -> float:
    listed = _listed(rows)
    return p_value_lower(*(listed[name].to_numpy() for name in ("gap", "weight", "block_row")), observed, seed_of(1))


def test_every_labelling_of_a_week_is_listed_once() -> None:
    counts = _listed(ROWS).group_by("week").len().sort("week")

    assert counts["len"].to_list() == [5, 10]  # 5 choose 1, 5 choose 2


def test_the_actual_labelling_is_among_them() -> None:
    week = ROWS.filter(pl.col("week") == 1)
    gap = 0.0
    for priority in ("high", "low"):
        rows = week.filter(pl.col("priority") == priority)
        rain = rows.filter("is_labelled")["successes"].sum() / 6
        dry = rows.filter(~pl.col("is_labelled"))["successes"].sum() / 24
        gap += 6 * 24 / 30 * (rain - dry)

    assert np.isclose(_listed(week)["gap"].to_numpy(), gap).any()


def test_p_agrees_with_all_combinations() -> None:
    listed = _listed(ROWS)
    weeks = [listed.filter(pl.col("week") == week).select("gap", "weight").rows() for week in (1, 2)]
    everything = np.array([(a[0] + b[0]) / (a[1] + b[1]) for a, b in product(*weeks)])
    observed = float(np.quantile(everything, 0.4))

    assert _p(ROWS, observed) == pytest.approx((everything <= observed + 1e-9).mean(), abs=0.04)


def test_the_worst_gap_has_the_smallest_p() -> None:
    assert _p(ROWS, -1.0) == pytest.approx(1 / 2000)
    assert _p(ROWS, 1.0) == 1.0


def test_a_week_without_contrast_has_no_labellings() -> None:
    assert _listed(ROWS.with_columns(pl.lit(True).alias("is_labelled"))).is_empty()
    assert np.isnan(p_value_lower(np.array([]), np.array([]), np.array([], dtype=np.uint32), 0.0, seed_of(1)))


def test_order_of_rows_does_not_matter() -> None:
    assert _listed(ROWS).equals(_listed(ROWS.sample(fraction=1, shuffle=True, seed=3)), null_equal=True)


def test_seeds_tell_keys_apart() -> None:
    assert seed_of(1, "a", "b") == seed_of(1, "a", "b")
    assert len({seed_of(1, "a", "b"), seed_of(1, "ab"), seed_of(2, "a", "b"), seed_of(1, "b", "a")}) == 4
