from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_times

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.survival import curve, quantiles

RNG = np.random.default_rng(11)


def _rows(size: int, censored: float) -> pl.DataFrame:
    minutes = np.round(RNG.exponential(50, size), 0)
    return pl.DataFrame({"cell": ["a"] * size, "minutes": minutes, "seen": RNG.uniform(size=size) > censored})


@pytest.mark.parametrize(("size", "censored"), [(40, 0.0), (80, 0.3), (300, 0.5)])
@pytest.mark.parametrize("probability", [0.5, 0.9])
def test_quantile_and_interval_agree_with_lifelines(size: int, censored: float, probability: float) -> None:
    rows = _rows(size, censored)
    fitted = KaplanMeierFitter().fit(rows["minutes"].to_numpy(), rows["seen"].to_numpy())

    got = quantiles(curve(rows.lazy(), ["cell"], "minutes", "seen"), ["cell"], probability).collect().row(0, named=True)

    band = fitted.confidence_interval_
    # lifelines ends the upper band at 0 with the curve, as if nobody could wait longer than the longest wait seen.
    upper = "KM_estimate_upper_0.95"
    band[upper] = band[upper].where(fitted.survival_function_["KM_estimate"] > 0).ffill()
    expected = [float(qth_survival_times(1 - probability, fitted.survival_function_))]
    expected += sorted(qth_survival_times(1 - probability, band).to_numpy().ravel().tolist())
    assert [np.inf if v is None else v for v in (got["value"], got["ci_low"], got["ci_high"])] == expected


def test_unreached_median_is_null() -> None:
    # Two of five answered: never half of them.
    rows = pl.DataFrame({"cell": ["a"] * 5, "minutes": [10, 20, 30, 30, 30], "seen": [True, True, False, False, False]})

    got = quantiles(curve(rows.lazy(), ["cell"], "minutes", "seen"), ["cell"], 0.5).collect().row(0, named=True)

    assert got["value"] is None
    assert (got["n_units"], got["n_events"]) == (5, 2)


def test_the_longest_wait_seen_is_no_upper_bound() -> None:
    # Of ten answered after 1 to 10 minutes nine came within 9; the slow tenth may be far slower than 10.
    rows = pl.DataFrame({"cell": ["a"] * 10, "minutes": range(1, 11), "seen": [True] * 10})

    got = quantiles(curve(rows.lazy(), ["cell"], "minutes", "seen"), ["cell"], 0.9).collect().row(0, named=True)

    assert (got["value"], got["ci_high"]) == (9.0, None)


def test_a_censored_wait_is_longer_than_seen() -> None:
    # Answered after 10 and 40; one still waiting after 20. S = 2/3 at 10, then 1 of 1 left at 40: median 40, not 25.
    rows = pl.DataFrame({"cell": ["a"] * 3, "minutes": [10, 20, 40], "seen": [True, False, True]})

    got = quantiles(curve(rows.lazy(), ["cell"], "minutes", "seen"), ["cell"], 0.5).collect().row(0, named=True)

    assert got["value"] == 40


def test_cells_do_not_touch_one_another() -> None:
    first, second = _rows(50, 0.2), _rows(70, 0.2).with_columns(pl.lit("b").alias("cell"))

    together = quantiles(curve(pl.concat([first, second]).lazy(), ["cell"], "minutes", "seen"), ["cell"], 0.5)
    alone = quantiles(curve(second.lazy(), ["cell"], "minutes", "seen"), ["cell"], 0.5)

    assert together.filter(pl.col("cell") == "b").collect().equals(alone.collect())


@REPLICATED
@pytest.mark.parametrize("size", [20, 200])
@pytest.mark.parametrize("probability", [0.5, 0.9])
def test_coverage_where_a_fifth_is_never_answered(size: int, probability: float, replications: int) -> None:
    rng = np.random.default_rng(13)
    answered, closed = rng.exponential(50, (2, replications * size)) * np.array([[1.0], [4.0]])
    rows = pl.DataFrame(
        {
            "cell": np.repeat(np.arange(replications), size),
            "minutes": np.minimum(answered, closed),
            "seen": answered <= closed,
        }
    )
    truth = -50 * np.log(1 - probability)

    found = quantiles(curve(rows.lazy(), ["cell"], "minutes", "seen"), ["cell"], probability).collect()

    held = (pl.col("ci_low").fill_null(np.inf) <= truth) & (pl.col("ci_high").fill_null(np.inf) >= truth)
    assert covers(found.select(held.mean()).item(), replications, high=0.97 if size == 200 else 1.0)
