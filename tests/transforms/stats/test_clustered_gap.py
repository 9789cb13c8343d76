"""The stratified gap equals a regression with a constant per stratum, its interval a slow reference of Newcombe's."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.stats import t
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

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


def few_newcomers(seed: int, new: int, likeness: float) -> pl.DataFrame:
    """`new` persons of one ticket and 150 of one or two, two promises each, all kept with 0.86 whoever asks."""
    rng = np.random.default_rng(seed)
    tickets = np.concatenate([np.ones(new, dtype=int), rng.integers(1, 3, 150)])
    person = np.repeat(np.arange(new + 150), 2 * tickets)
    stratum = np.repeat(rng.integers(0, 6, tickets.sum()), 2)
    is_alike = rng.random(len(person)) < np.sqrt(likeness)
    luck = np.where(is_alike, rng.random(new + 150)[person], rng.random(len(person)))
    return pl.DataFrame(
        {"cell": seed, "stratum": stratum, "person": person, "side": person < new, "kept": (luck < 0.86).astype(float)}
    )


def slow_interval(rows: pl.DataFrame, value: float) -> tuple[float, float]:
    """Newcombe's interval with the trials the docstring of the module says, row by row."""
    data = rows.to_dicts()
    in_stratum = {s: [r for r in data if r["stratum"] == s] for s in {r["stratum"] for r in data}}
    in_stratum = {s: of for s, of in in_stratum.items() if len({r["side"] for r in of}) == 2}
    count = {(s, side): sum(r["side"] == side for r in of) for s, of in in_stratum.items() for side in (True, False)}
    w = {s: count[s, True] * count[s, False] / len(of) for s, of in in_stratum.items()}
    people = {r["person"] for of in in_stratum.values() for r in of}
    share = {(person, side): [] for person in people for side in (True, False)}
    errors: dict[int, list[float]] = {person: [] for person in people}
    mean = {True: 0.0, False: 0.0}
    for s, of in in_stratum.items():
        fit = np.mean([r["kept"] for r in of])
        of_first = count[s, True] / len(of)
        for r in of:
            a = w[s] / sum(w.values()) / count[s, r["side"]]
            share[r["person"], r["side"]].append(a)
            mean[r["side"]] += a * r["kept"]
            errors[r["person"]].append(r["kept"] - fit - value * (r["side"] - of_first))
    products = [e * f for of in errors.values() for i, e in enumerate(of) for j, f in enumerate(of) if i != j]
    rho = min(max(np.mean(products) / np.mean([e**2 for of in errors.values() for e in of]), 0.0), 1.0)
    limits = {}
    for side in (True, False):
        alone = sum(a**2 for key, of in share.items() if key[1] is side for a in of)
        together = sum(sum(of) ** 2 for key, of in share.items() if key[1] is side)
        few = t.ppf(0.975, sum(count.values()) - 1) / t.ppf(0.975, len(people) - 1)
        trials = few**2 / (alone + rho * (together - alone))
        limits[side] = proportion_confint(mean[side] * trials, trials, method="wilson")
    down = np.hypot(mean[True] - limits[True][0], limits[False][1] - mean[False])
    up = np.hypot(limits[True][1] - mean[True], mean[False] - limits[False][0])
    return value - down, value + up


def test_against_statsmodels_and_a_slow_reference() -> None:
    rows = drawn(1)
    x = np.column_stack([rows["side"].cast(float), *((rows["stratum"] == s).cast(float) for s in range(6))])
    fitted = sm.OLS(rows["kept"].to_numpy(), x).fit()

    got = estimated(rows)

    assert got["value"] == pytest.approx(fitted.params[0])
    assert (got["ci_low"], got["ci_high"]) == pytest.approx(slow_interval(rows, got["value"]))
    assert (got["n_first"] + got["n_second"], got["n_clusters"]) == (400, rows["person"].n_unique())


def test_one_stratum_of_strangers_is_newcombe() -> None:
    rows = drawn(4).with_row_index("stranger").with_columns(pl.lit(1).alias("stratum"), person="stranger")
    n = rows.group_by("side").agg(pl.len(), pl.col("kept").sum()).sort("side", descending=True)
    (first, k1), (second, k0) = n.select("len", "kept").rows()

    got = estimated(rows)

    reference = confint_proportions_2indep(k1, first, k0, second, method="newcomb", compare="diff")
    assert (got["ci_low"], got["ci_high"]) == pytest.approx(reference)


def test_few_who_fare_alike_leave_doubt() -> None:
    # Eight newcomers with every promise kept, 86 of 100 kept to the others, no person twice.
    rows = pl.DataFrame(
        {"cell": "a", "stratum": 1, "side": [True] * 8 + [False] * 100, "kept": [1.0] * 8 + [1.0] * 86 + [0.0] * 14}
    ).with_row_index("person")

    got = estimated(rows)

    # Wilson: 8 of 8 from 0.676, 86 of 100 from 0.779 to 0.915; 0.14 - hypot(0.324, 0.055), 0.14 + hypot(0, 0.081).
    assert (got["value"], got["ci_low"], got["ci_high"]) == pytest.approx((0.14, -0.1891, 0.2214), abs=2e-4)


def test_two_rows_of_one_person_are_no_more_than_one_where_nothing_varies() -> None:
    rows = pl.DataFrame({"cell": "a", "stratum": 1, "side": [True] * 5 + [False] * 200, "kept": 1.0})
    persons = rows.with_row_index("person")

    assert estimated(pl.concat([persons, persons]))["ci_low"] == pytest.approx(estimated(persons)["ci_low"], rel=0.01)


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


@REPLICATED
@pytest.mark.parametrize(("new", "likeness"), [(2, 0.0), (8, 0.0), (8, 0.5), (30, 1.0)])
def test_coverage_with_few_on_one_side(replications: int, new: int, likeness: float) -> None:
    rows = pl.concat(few_newcomers(seed, new, likeness) for seed in range(replications))

    found = clustered_gap(rows.lazy(), ["cell"], ["stratum"], side="side", outcome="kept", cluster="person").collect()

    # Of so few the score interval is wider in places than it need be.
    held = (pl.col("ci_low") <= 0) & (pl.col("ci_high") >= 0)
    assert covers(found.select(held.mean()).item(), replications, high=0.99)
