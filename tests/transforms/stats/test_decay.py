"""The decay fit against statsmodels at its own half-life, a known curve, and by simulation."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.decay import fit_decay

HALF_LIFE, BASE, LIFT, PEOPLE = 4.0, 0.05, 0.4, 200.0


def mean_rate(week: np.ndarray, half_life: float = HALF_LIFE) -> np.ndarray:
    """Averaged over fine steps of each week rather than by the integral."""
    steps = (np.arange(1000) + 0.5) / 1000
    decay = 2.0 ** (-(np.maximum(week, 0)[:, None] + steps) / half_life)
    return BASE + np.where(week >= 0, LIFT * decay.mean(axis=1), 0.0)


def series_of(events: np.ndarray, week: np.ndarray, name: str = "a") -> pl.DataFrame:
    return pl.DataFrame({"cell": name, "week": week, "events": events.astype(float), "exposure": PEOPLE})


WEEKS = np.arange(-13, 30)


def test_an_exact_curve_is_found_again() -> None:
    fit = fit_decay(series_of(PEOPLE * mean_rate(WEEKS), WEEKS).lazy(), ["cell"]).row(0, named=True)

    assert fit["half_life"] == pytest.approx(HALF_LIFE, rel=0.005)
    assert fit["base"] == pytest.approx(BASE, rel=0.02)
    assert fit["lift"] == pytest.approx(LIFT, rel=0.03)
    assert fit["half_life_low"] < HALF_LIFE < fit["half_life_high"]
    assert (fit["weeks_before"], fit["weeks_after"], fit["dispersion"]) == (13, 30, 1.0)


@pytest.mark.filterwarnings("ignore:The identity link")
def test_base_and_lift_are_those_of_a_poisson_regression_at_that_half_life() -> None:
    events = np.random.default_rng(3).poisson(PEOPLE * mean_rate(WEEKS))

    fit = fit_decay(series_of(events, WEEKS).lazy(), ["cell"]).row(0, named=True)

    curve = (mean_rate(WEEKS, fit["half_life"]) - BASE) / LIFT
    design = np.column_stack([np.ones(len(WEEKS)), curve]) * PEOPLE
    model = sm.GLM(events, design, family=sm.families.Poisson(sm.families.links.Identity()))
    reference = model.fit(start_params=[BASE, LIFT])
    assert [fit["base"], fit["lift"]] == pytest.approx(list(reference.params), rel=0.02)
    degrees = len(WEEKS) - 3
    assert fit["dispersion"] == pytest.approx(max(reference.pearson_chi2 / degrees, 1.0), rel=0.01)


@REPLICATED
@pytest.mark.parametrize("half_life", [1.5, HALF_LIFE, 12.0])
def test_the_interval_covers_as_often_as_it_says(half_life: float, replications: int) -> None:
    rng = np.random.default_rng(11)
    mean = PEOPLE * mean_rate(WEEKS, half_life)
    rows = [series_of(rng.poisson(mean), WEEKS, f"{number}") for number in range(replications)]

    fits = fit_decay(pl.concat(rows).lazy(), ["cell"])

    held = (pl.col("half_life_low") <= half_life) & (pl.col("half_life_high").fill_null(np.inf) >= half_life)
    assert covers(fits.select(held.mean()).item(), replications)


def test_overdispersed_counts_widen_the_interval() -> None:
    rng = np.random.default_rng(5)
    noisy = rng.poisson(PEOPLE * mean_rate(WEEKS) * rng.gamma(4, 1 / 4, len(WEEKS)))

    fits = fit_decay(
        pl.concat([series_of(noisy, WEEKS, "noisy"), series_of(PEOPLE * mean_rate(WEEKS), WEEKS, "smooth")]).lazy(),
        ["cell"],
    )

    noisy_fit, smooth = fits.row(0, named=True), fits.row(1, named=True)
    assert noisy_fit["dispersion"] > 2

    def width(fit: dict[str, float]) -> float:
        return fit["half_life_high"] / fit["half_life_low"]

    assert width(noisy_fit) > 1.5 * width(smooth)


def test_a_lift_that_stays_has_no_upper_end() -> None:
    lasting = PEOPLE * np.where(WEEKS >= 0, BASE + LIFT, BASE)

    fit = fit_decay(series_of(lasting, WEEKS).lazy(), ["cell"]).row(0, named=True)

    assert fit["half_life"] > 200
    assert fit["half_life_high"] is None


def test_nothing_happened_or_too_few_weeks() -> None:
    silent = series_of(np.zeros(len(WEEKS)), WEEKS, "silent")
    short = series_of(np.ones(3), np.arange(-1, 2), "short")

    fits = fit_decay(pl.concat([silent, short]).lazy(), ["cell"])

    assert fits["half_life"].to_list() == [None, None]
    assert fit_decay(silent.clear().lazy(), ["cell"]).is_empty()


def test_the_order_of_rows_does_not_matter() -> None:
    rows = pl.concat(
        [series_of(np.random.default_rng(n).poisson(PEOPLE * mean_rate(WEEKS)), WEEKS, f"{n}") for n in range(3)]
    )

    shuffled = fit_decay(rows.sample(fraction=1.0, shuffle=True, seed=1).lazy(), ["cell"])

    assert shuffled.sort("cell").equals(fit_decay(rows.lazy(), ["cell"]).sort("cell"))
