"""Estimators: from observations with a cell key to one row per cell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tests.transforms.sample_organisation import facts, person, units
from transforms.contracts.results import CELL_KEY
from transforms.kpis import estimators
from transforms.kpis.declaration import Estimator

OF = facts(org_unit=units({"acme": None, "care": "acme"}))
KEY = {
    "kpi_id": "sample",
    "definition_version": 1,
    "component": "main",
    "variant": "main",
    "org_unit_id": "care",
    "period_grain": "month",
    "period_start": dt.date(2026, 3, 1),
}


def estimated(estimate: Estimator, rows: list[dict[str, Any]], **key: Any) -> dict[str, Any]:
    frame = pl.DataFrame([KEY | key | row for row in rows], infer_schema_length=None)
    cells = estimate(frame.lazy(), OF).collect()
    assert cells.height == 1
    assert set(CELL_KEY) <= set(cells.columns)
    return cells.row(0, named=True)


def unit(success: float, **more: Any) -> dict[str, Any]:
    return {"numerator": success, "denominator": 1.0} | more


def test_proportion_counts_units() -> None:
    got = estimated(estimators.proportion, [unit(1), unit(1), unit(0)])

    assert (got["value"], got["numerator"], got["denominator"], got["n_events"]) == (pytest.approx(2 / 3), 2, 3, 3)
    assert (got["ci_low"], got["ci_high"]) == pytest.approx((0.20766, 0.93851), abs=1e-5)
    assert got["interval_method"] == "wilson"


def test_rows_that_serve_the_coverage_alone_change_nothing_else() -> None:
    nothing = {"numerator": 0.0, "denominator": 0.0}
    covered = [nothing | {"is_covered": True}, nothing | {"is_covered": False}]

    got = estimated(estimators.proportion, [unit(1, is_covered=None), unit(0, is_covered=None), *covered])

    assert (got["value"], got["n_events"], got["coverage"]) == (0.5, 2, 0.5)


def test_only_coverage_is_no_number() -> None:
    got = estimated(estimators.proportion, [{"numerator": 0.0, "denominator": 0.0, "is_covered": False}])

    assert (got["value"], got["ci_low"], got["coverage"]) == (None, None, 0.0)


def test_a_person_who_succeeds_once_has_succeeded() -> None:
    rows = [unit(1, member_key=person(1)), unit(0, member_key=person(1)), unit(0, member_key=person(2))]

    got = estimated(estimators.proportion_of_units("member_key"), rows)

    assert (got["value"], got["denominator"]) == (0.5, 2)


def test_ratio_per_hundred() -> None:
    # Three recognitions over four active people: 75 per 100.
    rows = [{"numerator": count, "denominator": 1.0} for count in (0.0, 2.0, 1.0, 0.0)]

    got = estimated(estimators.ratio(100.0), rows)

    assert (got["value"], got["numerator"], got["denominator"]) == (75.0, 3, 4)
    # Standard deviation of 0, 2, 1, 0 over sqrt(4), times t(3) = 3.182446.
    half = 100 * 3.182446 * (2.75 / 3) ** 0.5 / 2
    assert (got["ci_low"], got["ci_high"]) == pytest.approx((75 - half, 75 + half), abs=1e-3)


def test_mean_leaves_out_rows_without_a_value() -> None:
    got = estimated(estimators.mean, [{"value": 4.0}, {"value": 2.0}, {"value": None}])

    assert (got["value"], got["denominator"], got["numerator"], got["n_events"]) == (3.0, 2, None, 2)


def test_mean_of_one_is_a_number_without_an_interval() -> None:
    got = estimated(estimators.mean, [{"value": 4.0}])

    assert (got["value"], got["ci_low"], got["ci_high"]) == (4.0, None, None)


def test_mean_by_cluster() -> None:
    rows = [{"value": value, "cluster_key": who} for value, who in ((1.0, "a"), (1.0, "a"), (5.0, "b"), (5.0, "b"))]

    got = estimated(estimators.mean, rows)

    # Cluster sums of residuals -4 and 4: variance 2 / 1 * 32 / 16 = 4, t(1) = 12.706.
    assert got["ci_low"] == pytest.approx(3 - 12.7062 * 2, abs=1e-3)


def test_difference_of_two_shares() -> None:
    # 56 of 70 minus 48 of 80: the example of Newcombe's paper, 0.0524 to 0.3339.
    rows = [unit(float(i < 56), is_first=True) for i in range(70)] + [
        unit(float(i < 48), is_first=False) for i in range(80)
    ]

    got = estimated(estimators.difference, [*rows, unit(1, is_first=None)])

    assert got["value"] == pytest.approx(0.2)
    assert (got["ci_low"], got["ci_high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert (got["denominator"], got["n_events"], got["interval_method"]) == (150, 150, "newcombe")


def test_difference_with_one_side_is_no_number() -> None:
    got = estimated(estimators.difference, [unit(1, is_first=True)])

    assert (got["value"], got["ci_low"]) == (None, None)


def test_net_score_needs_thirty_answers() -> None:
    answers = [{"value": score} for score in [1.0] * 16 + [0.0] * 8 + [-1.0] * 6]

    enough, short = estimated(estimators.net_score, answers), estimated(estimators.net_score, answers[:29])

    assert (enough["value"], enough["numerator"], enough["state"]) == (pytest.approx(10 / 30), 10, None)
    assert (short["state"], short["flags"]) == ("not_enough_data", "fewer_than_30_answers")


def test_survival_quantiles_by_component() -> None:
    estimate = estimators.survival_quantiles({"median": 0.5, "p90": 0.9})
    rows = [{"value": minutes, "is_observed": True} for minutes in range(10, 110, 10)]

    assert estimated(estimate, rows, component="median")["value"] == 50
    assert estimated(estimate, rows, component="p90")["value"] == 90


@pytest.mark.parametrize(
    "estimate",
    [estimators.proportion, estimators.ratio(), estimators.mean, estimators.difference, estimators.net_score],
    ids=["proportion", "ratio", "mean", "difference", "net_score"],
)
def test_cells_do_not_depend_on_one_another_nor_on_order(estimate: Estimator) -> None:
    rows = [
        KEY
        | {"org_unit_id": team, "is_first": i % 2 == 0, "value": float(i % 3 - 1), "cluster_key": i % 5}
        | unit(i % 4 > 1)
        for team in ("care", "acme")
        for i in range(40 if team == "care" else 33)
    ]
    frame = pl.DataFrame(rows).with_columns(pl.col("numerator").cast(pl.Float64))

    together = estimate(frame.sample(fraction=1, shuffle=True, seed=2).lazy(), OF)
    alone = estimate(frame.filter(pl.col("org_unit_id") == "care").lazy(), OF)

    got, expected = (f.filter(pl.col("org_unit_id") == "care").collect().row(0, named=True) for f in (together, alone))
    assert got == pytest.approx(expected)
