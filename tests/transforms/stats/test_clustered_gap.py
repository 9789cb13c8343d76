"""The stratified gap equals a regression with a constant per stratum and clustered errors (statsmodels)."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.clustered_gap import clustered_gap


def drawn(seed: int, n: int = 400, gap: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    person = rng.integers(0, n // 3, n)
    stratum = rng.integers(0, 6, n)
    side = rng.random(n) < 0.2 + 0.1 * stratum
    mood = rng.normal(0, 0.15, n)[person]
    kept = rng.random(n) < np.clip(0.5 + 0.05 * stratum + gap * side + mood, 0, 1)
    return pl.DataFrame(
        {"cell": "a", "stratum": stratum, "person": person, "side": side, "kept": kept.astype(float)},
    )


def estimated(rows: pl.DataFrame) -> dict[str, Any]:
    found = clustered_gap(rows.lazy(), ["cell"], ["stratum"], side="side", outcome="kept", cluster="person").collect()
    return found.row(0, named=True) if found.height else {}


def test_against_statsmodels() -> None:
    rows = drawn(1)
    x = np.column_stack([rows["side"].cast(float), *((rows["stratum"] == s).cast(float) for s in range(6))])
    groups = rows["person"].to_numpy()
    fitted = sm.OLS(rows["kept"].to_numpy(), x).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}, use_t=True
    )
    n = len(np.unique(groups))

    got = estimated(rows)

    assert got["value"] == pytest.approx(fitted.params[0])
    error = fitted.bse[0] * np.sqrt(n / (n - 1))
    from scipy.stats import t

    assert got["ci_high"] - got["value"] == pytest.approx(error * t.ppf(0.975, n - 1))
    assert (got["n_first"] + got["n_second"], got["n_clusters"]) == (400, n)


def test_by_hand() -> None:
    # Stratum 1: 3 of 4 against 1 of 4, weight 2; stratum 2: 1 of 1 against 1 of 3, weight 3/4.
    cases = [(1, True, 3, 4), (1, False, 1, 4), (2, True, 1, 1), (2, False, 1, 3)]
    rows = [
        {"cell": "a", "stratum": stratum, "side": side, "kept": float(number < kept)}
        for stratum, side, kept, n in cases
        for number in range(n)
    ]
    frame = pl.DataFrame(rows).with_row_index("person")

    assert estimated(frame)["value"] == pytest.approx((2 * 0.5 + 0.75 * (2 / 3)) / 2.75)


def test_a_stratum_with_one_side_says_nothing() -> None:
    rows = drawn(2)
    alone = pl.DataFrame({"cell": "a", "stratum": 99, "person": 10_000, "side": True, "kept": 0.0}, schema=rows.schema)

    with_it, without = estimated(pl.concat([rows, alone])), estimated(rows)
    assert with_it.pop("cell") == without.pop("cell")
    assert with_it == pytest.approx(without)
    assert estimated(alone) == {}


def test_order_changes_nothing() -> None:
    rows = drawn(3)

    once, again = estimated(rows), estimated(rows.sample(fraction=1, shuffle=True, seed=5))
    assert once.pop("cell") == again.pop("cell")
    assert again == pytest.approx(once)


@REPLICATED
def test_coverage(replications: int) -> None:
    gap = 0.1
    rows = pl.concat(drawn(seed, gap=gap).with_columns(pl.lit(seed).alias("cell")) for seed in range(replications))

    found = clustered_gap(rows.lazy(), ["cell"], ["stratum"], side="side", outcome="kept", cluster="person").collect()

    held = (pl.col("ci_low") <= gap) & (pl.col("ci_high") >= gap)
    assert covers(found.select(held.mean()).item(), replications)
