from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from transforms.stats.fixed_effects import within_effect


def panel(groups: int, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), 14)
    missed = rng.random(len(group)) < 0.4
    outcome = group * 2.0 + 0.7 * missed + rng.normal(size=len(group)) * (1 + missed)
    return pl.DataFrame({"cell": "a", "team": group, "missed": missed, "y": outcome})


def effect(rows: pl.DataFrame) -> dict[str, float]:
    return within_effect(rows.lazy(), ["cell"], "team", "missed", "y").row(0, named=True)


def reference(rows: pl.DataFrame, **covariance: object) -> object:
    design = np.column_stack([rows["missed"].to_numpy(), rows["team"].to_dummies().to_numpy()]).astype(float)
    return sm.OLS(rows["y"].to_numpy(), design).fit(**covariance)


@pytest.mark.parametrize("groups", [1, 4])
def test_few_groups_are_least_squares_with_robust_errors(groups: int) -> None:
    rows = panel(groups)
    fitted = reference(rows, cov_type="HC1", use_t=True)

    found = effect(rows)

    assert found["value"] == pytest.approx(fitted.params[0])
    assert (found["ci_low"], found["ci_high"]) == pytest.approx(tuple(fitted.conf_int()[0]))


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
