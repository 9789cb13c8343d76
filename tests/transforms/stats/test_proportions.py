from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.proportions import adjusted_wald_net_score, newcombe, of_few_clusters, wilson

COUNTS = pl.DataFrame({"x": [0, 1, 5, 50, 63, 100], "n": [10, 10, 10, 50, 100, 100]})


def test_wilson_agrees_with_statsmodels() -> None:
    low, high = wilson(pl.col("x"), pl.col("n"))

    bounds = COUNTS.select(low.alias("low"), high.alias("high"))

    expected = proportion_confint(COUNTS["x"].to_numpy(), COUNTS["n"].to_numpy(), method="wilson")
    np.testing.assert_allclose(bounds.to_numpy(), np.column_stack(expected), atol=1e-12)


def test_newcombe_agrees_with_statsmodels() -> None:
    cases = [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (0, 12, 0, 15)]
    frame = pl.DataFrame(cases, schema=["x1", "n1", "x2", "n2"], orient="row")
    low, high = newcombe(*(pl.col(name) for name in frame.columns))

    bounds = frame.select(low.alias("low"), high.alias("high"))

    expected = [confint_proportions_2indep(*case, method="newcomb", compare="diff") for case in cases]
    np.testing.assert_allclose(bounds.to_numpy(), np.array(expected), atol=1e-12)


def test_few_clusters_leave_less() -> None:
    # t(999) is 1.9623, t(6) 2.4469.
    counts = pl.DataFrame({"rows": [1_000.0, 30.0], "clusters": [7, 30]})

    remaining = counts.select(of_few_clusters(pl.col("rows"), pl.col("clusters")))

    assert remaining.to_series().to_list() == pytest.approx([(1.9623 / 2.4469) ** 2, 1.0], abs=1e-4)


def test_net_score_interval_by_hand() -> None:
    # 50 promoters, 20 detractors of 100: p = 50.75/103, d = 20.75/103, variance = p + d - (p-d)^2 = 0.609294 ...
    low, high = adjusted_wald_net_score(pl.lit(50), pl.lit(20), pl.lit(100))

    bounds = pl.select(low.alias("low"), high.alias("high")).row(0)

    centre, variance = 30 / 103, 71.5 / 103 - (30 / 103) ** 2
    half = 1.959963984540054 * (variance / 103) ** 0.5
    assert bounds == pytest.approx((centre - half, centre + half))


def test_net_score_of_unanimous_answers_has_width() -> None:
    low, high = adjusted_wald_net_score(pl.lit(40), pl.lit(0), pl.lit(40))

    bounds = pl.select(low.alias("low"), high.alias("high")).row(0)

    assert bounds[0] < bounds[1] == 1.0


def test_no_trials_no_interval() -> None:
    low, high = wilson(pl.lit(0), pl.lit(0))
    gap_low, gap_high = newcombe(pl.lit(0), pl.lit(0), pl.lit(3), pl.lit(4))

    assert pl.select(low.alias("a"), high.alias("b"), gap_low.alias("c"), gap_high.alias("d")).row(0) == (None,) * 4


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=40, deadline=None)
def test_wilson_holds_the_share_and_stays_within_0_and_1(case: tuple[int, int]) -> None:
    x, n = case
    low, high = wilson(pl.lit(x), pl.lit(n))

    bounds = pl.select(low.alias("low"), high.alias("high")).row(0)

    assert 0 <= bounds[0] <= x / n <= bounds[1] <= 1


def drawn(replications: int, *chances: float, n: int) -> pl.DataFrame:
    """Counts `x0`, `x1`, ... of `n` answers that fall into classes with these chances."""
    counts = np.random.default_rng(17).multinomial(n, [*chances, 1 - sum(chances)], size=replications)
    return pl.DataFrame({f"x{i}": counts[:, i] for i in range(len(chances))})


def coverage(counts: pl.DataFrame, interval: tuple[pl.Expr, pl.Expr], truth: float) -> float:
    return float(counts.select(((interval[0] <= truth) & (interval[1] >= truth)).mean()).item())


@REPLICATED
@pytest.mark.parametrize(("chance", "n"), [(0.5, 30), (0.8, 60), (0.93, 200)])
def test_coverage_of_wilson(chance: float, n: int, replications: int) -> None:
    counts = drawn(replications, chance, n=n)

    assert covers(coverage(counts, wilson(pl.col("x0"), pl.lit(n)), chance), replications)


@REPLICATED
@pytest.mark.parametrize(("first", "second", "n"), [(0.7, 0.6, 30), (0.9, 0.5, 60), (0.85, 0.85, 200)])
def test_coverage_of_newcombe(first: float, second: float, n: int, replications: int) -> None:
    rng = np.random.default_rng(19)
    counts = pl.DataFrame({"x0": rng.binomial(n, first, replications), "x1": rng.binomial(2 * n, second, replications)})

    interval = newcombe(pl.col("x0"), pl.lit(n), pl.col("x1"), pl.lit(2 * n))

    assert covers(coverage(counts, interval, first - second), replications)


@REPLICATED
@pytest.mark.parametrize(("promoters", "detractors", "n"), [(0.5, 0.2, 30), (0.7, 0.05, 60), (0.52, 0.12, 500)])
def test_coverage_of_the_net_score(promoters: float, detractors: float, n: int, replications: int) -> None:
    counts = drawn(replications, promoters, detractors, n=n)

    interval = adjusted_wald_net_score(pl.col("x0"), pl.col("x1"), pl.lit(n))

    assert covers(coverage(counts, interval, promoters - detractors), replications)
