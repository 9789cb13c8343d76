from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.fixed_effects import within_effect


def panel(groups: int, seed: int = 3, spread: float = 2.0) -> pl.DataFrame:
    """14 rows a group, 0.7 more where missed, with `spread` times the others' noise."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), 14)
    missed = rng.random(len(group)) < 0.4
    outcome = group * 2.0 + 0.7 * missed + rng.normal(size=len(group)) * np.where(missed, spread, 1.0)
    return pl.DataFrame({"cell": "a", "team": group, "missed": missed, "y": outcome})


def effect(rows: pl.DataFrame) -> dict[str, float]:
    return within_effect(rows.lazy(), ["cell"], "team", "missed", "y").row(0, named=True)


def reference(rows: pl.DataFrame, **covariance: object) -> object:
    design = np.column_stack([rows["missed"].to_numpy(), rows["team"].to_dummies().to_numpy()]).astype(float)
    return sm.OLS(rows["y"].to_numpy(), design).fit(**covariance)


@pytest.mark.parametrize("groups", [1, 4])
@pytest.mark.parametrize(("spread", "larger"), [(0.2, "nonrobust"), (2.0, "HC3")])
def test_few_groups_are_least_squares_with_the_larger_errors(groups: int, spread: float, larger: str) -> None:
    rows = panel(groups, spread=spread)
    fitted = {kind: reference(rows, cov_type=kind, use_t=True) for kind in ("HC3", "nonrobust")}

    found = effect(rows)

    assert max(fitted, key=lambda kind: fitted[kind].bse[0]) == larger
    assert found["value"] == pytest.approx(fitted[larger].params[0])
    assert (found["ci_low"], found["ci_high"]) == pytest.approx(tuple(fitted[larger].conf_int()[0]))


def test_a_condition_seen_once_by_hand() -> None:
    # 5 against 1, 2 and 3: mean 2, variance 1, so 3 +- t(2) * sqrt(1 + 1/3).
    rows = pl.DataFrame({"cell": "a", "team": 1, "missed": [True, False, False, False], "y": [5.0, 1.0, 2.0, 3.0]})

    found = effect(rows)

    assert (found["value"], found["ci_low"]) == pytest.approx((3.0, 3.0 - 4.302653 * np.sqrt(4 / 3)))


@REPLICATED
@pytest.mark.parametrize(("groups", "missed"), [(1, 1), (1, 8), (3, 2), (12, 1)])
def test_coverage(replications: int, groups: int, missed: int) -> None:
    rng = np.random.default_rng(groups)
    rows = pl.DataFrame({"cell": np.arange(replications)}).join(
        pl.DataFrame({"team": np.repeat(np.arange(groups), 16), "missed": np.tile(np.arange(16) < missed, groups)}),
        how="cross",
    )
    rows = rows.with_columns(y=pl.Series(10.0 * rows["team"].to_numpy() + rng.poisson(30, rows.height)))

    found = within_effect(rows.lazy(), ["cell"], "team", "missed", "y")

    held = (pl.col("ci_low") <= 0) & (pl.col("ci_high") >= 0)
    # The larger of two variances is larger than need be.
    assert covers(found.select(held.mean()).item(), replications, high=0.985)


def test_many_groups_are_clustered() -> None:
    rows = panel(20)
    fitted = reference(rows, cov_type="cluster", cov_kwds={"groups": rows["team"].to_numpy()}, use_t=True)

    found = effect(rows)

    assert (found["ci_low"], found["ci_high"]) == pytest.approx(tuple(fitted.conf_int()[0]), rel=1e-6)


def test_a_group_with_one_condition_only_says_nothing() -> None:
    constant = pl.DataFrame({"cell": "a", "team": 99, "missed": True, "y": [50.0, 60.0]})
    assert effect(pl.concat([panel(3), constant.cast(panel(1).schema)])) == pytest.approx(effect(panel(3)))
    assert within_effect(constant.lazy(), ["cell"], "team", "missed", "y").is_empty()


def test_order_does_not_matter() -> None:
    rows = panel(5)
    assert effect(rows.sample(fraction=1.0, shuffle=True, seed=1)) == pytest.approx(effect(rows))
