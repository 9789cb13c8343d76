"""Signals on series a person can read."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.transforms.marts.published import number, registered, rows_of
from transforms.marts.kpi_signal import fct_kpi_signal

MONTHS = [dt.date(2023 + month // 12, month % 12 + 1, 1) for month in range(36)]
WAVE = [10.0, 12.0, 11.0, 9.0, 10.0, 11.0, 9.0, 12.0, 10.0, 11.0, 10.0, 9.0]
MINUTES = registered("wait", unit="minutes", direction="down", grains=("month", "quarter"))
TICKETS = registered("tickets", unit="tickets", direction="down", grains=("month", "quarter"))
SHARE = registered("kept", grains=("month", "quarter"))


def series(values: list[float | None], kpi_id: str = "wait", unit: str = "acme", **more: Any) -> pl.DataFrame:
    return rows_of(
        *(
            number(kpi_id, value, start, period_grain="month", org_unit_id=unit, **more)
            for start, value in zip(MONTHS, values, strict=False)
        )
    )


def told(rows: pl.DataFrame, rule: str = "beyond_limits", *kpis: Any) -> pl.DataFrame:
    return fct_kpi_signal(rows, kpis or [MINUTES]).filter(pl.col("rule") == rule)


def test_limits_come_from_the_points_before() -> None:
    found = told(series([*WAVE[:8], 30.0], "tickets"), "beyond_limits", TICKETS).row(0, named=True)

    # 10 12 11 9 10 11 9 12: mean 10.5, moving ranges 2 1 2 1 1 2 3, mean 12/7; 2.66 times that is 4.56.
    assert found["period_start"] == MONTHS[8]
    assert found["n_points"] == 8
    assert found["centre"] == pytest.approx(10.5)
    assert found["upper_limit"] == pytest.approx(10.5 + 3 * (12 / 7) / 1.128)
    assert found["lower_limit"] == pytest.approx(10.5 - 3 * (12 / 7) / 1.128)
    assert found["chart"] == "xmr"
    assert (found["is_above"], found["is_better"]) == (True, False)


def test_minutes_are_judged_in_logarithms() -> None:
    found = told(series([9.0, 19.0, 9.0, 39.0, 9.0, 19.0, 9.0, 19.0, 79.0])).row(0, named=True)

    # One minute more: 10 20 10 40 10 20 10 20, in doublings of ten 0 1 0 2 0 1 0 1: mean 5/8, mean moving range 9/7.
    three_sigma = 3 * (9 / 7) / 1.128
    assert found["centre"] == pytest.approx(10 * 2 ** (5 / 8) - 1)
    assert found["upper_limit"] == pytest.approx(10 * 2 ** (5 / 8 + three_sigma) - 1)
    assert found["lower_limit"] == pytest.approx(10 * 2 ** (5 / 8 - three_sigma) - 1)
    assert found["value"] == 79.0


@pytest.mark.parametrize(
    ("low", "high", "is_surprise"),
    [(9.0, 60.0, False), (None, 60.0, False), (9.0, None, False), (20.0, 60.0, True), (20.0, None, True)],
)
def test_a_number_whose_interval_holds_the_centre_is_no_surprise(
    low: float | None, high: float | None, is_surprise: bool
) -> None:
    rows = series([*WAVE, 40.0]).with_columns(
        pl.when(pl.col("value") == 40).then(pl.lit(low, dtype=pl.Float64)).alias("ci_low"),
        pl.when(pl.col("value") == 40).then(pl.lit(high, dtype=pl.Float64)).alias("ci_high"),
    )

    last = told(rows).sort("period_start").row(-1, named=True)

    assert (last["p_value"] < 0.001) == is_surprise
    assert (last["status"] == "noticed") == is_surprise
    assert is_surprise or last["p_value"] == 0.05


def test_a_single_strange_point_is_noticed_and_not_raised() -> None:
    found = told(series([*WAVE, 10.0, 60.0, 10.0])).sort("period_start")

    loud = found.filter(pl.col("status") != "quiet")
    assert loud.select("period_start", "status").rows() == [(MONTHS[13], "noticed")]


def test_a_change_that_stays_is_raised() -> None:
    steady = [10.0, 10.2, 9.9, 10.1, 10.0, 9.8, 10.1, 10.0, 9.9, 10.2, 10.0, 10.1, 9.9, 10.0, 10.1, 9.9]

    found = told(series([*steady, 11.9, 12.6])).sort("period_start")

    assert found["status"].to_list()[-2:] == ["noticed", "raised"]


def test_a_repeat_on_the_other_side_is_noticed_again_not_raised() -> None:
    steady = [10.0, 10.2, 9.9, 10.1, 10.0, 9.8, 10.1, 10.0, 9.9, 10.2, 10.0, 10.1, 9.9, 10.0, 10.1, 9.9]

    found = told(series([*steady, 11.5, 3.0])).sort("period_start")

    assert found["status"].to_list()[-2:] == ["noticed", "noticed"]


def test_under_nine_points_and_without_variation_nothing_is_judged() -> None:
    assert fct_kpi_signal(series(WAVE[:8]), [MINUTES]).is_empty()
    assert told(series([5.0] * 12)).is_empty()
    assert fct_kpi_signal(rows_of(), [MINUTES]).is_empty()


def test_hidden_numbers_are_no_points() -> None:
    hidden = series([*WAVE[:6], None, None])

    assert fct_kpi_signal(hidden, [MINUTES]).is_empty()


def test_eight_points_on_one_side_are_a_run() -> None:
    values = [*[10.0, 9.0, 10.5, 9.5] * 4, *[13.0, 12.5, 13.5, 12.8] * 2]

    found = told(series(values), "run_of_8")

    assert found["period_start"].to_list() == [MONTHS[23]]
    run = found.row(0, named=True)
    assert run["run_length"] == 8
    assert run["p_value"] == pytest.approx(2 * 0.5**8)
    assert (run["is_above"], run["is_better"], run["lower_limit"]) == (True, False, None)


def test_a_skewed_series_that_is_mostly_zero_is_no_run() -> None:
    values = [0.0, 5.0, 0.0, 0.0, 4.0, 0.0, 3.0, *[0.0] * 12]

    assert told(series(values), "run_of_8").is_empty()


def test_large_counts_go_on_laneys_chart() -> None:
    shares = [0.80, 0.82, 0.79, 0.81, 0.80, 0.78, 0.81, 0.80, 0.60]
    rows = series(shares, "kept").with_columns(
        (pl.col("value") * 1000).alias("numerator"), pl.lit(1000.0).alias("denominator")
    )
    small = rows.with_columns(pl.col("numerator") / 25, pl.col("denominator") / 25)

    assert told(rows, "beyond_limits", SHARE)["chart"].to_list() == ["laney_p"]
    assert told(small, "beyond_limits", SHARE)["chart"].to_list() == ["xmr"]
    upper = told(rows, "beyond_limits", SHARE)["upper_limit"][0]
    assert 0.8 < upper <= 1.0


def test_only_the_shortest_periods_and_no_companions_are_judged() -> None:
    months, bounds = series(WAVE), series(WAVE, component="worst_case_low")
    quarters = rows_of(
        *(number("wait", value, dt.date(2020 + q // 4, q % 4 * 3 + 1, 1)) for q, value in enumerate(WAVE))
    )

    found = fct_kpi_signal(pl.concat([months, bounds, quarters]), [MINUTES])

    assert found["period_grain"].unique().to_list() == ["month"]
    assert found["component"].unique().to_list() == ["main"]


def test_where_a_kpi_has_weeks_they_are_judged_instead_of_months() -> None:
    weekly = registered("wait", unit="minutes", direction="down", grains=("month", "week", "quarter"))
    weeks = rows_of(
        *(
            number("wait", value, dt.date(2023, 1, 2) + dt.timedelta(7 * week), period_grain="week")
            for week, value in enumerate([*WAVE, *[13.0] * 8])
        )
    )

    found = fct_kpi_signal(pl.concat([weeks, series(WAVE)]), [weekly])

    assert found["period_grain"].unique().to_list() == ["week"]
    assert "run_of_8" in found["rule"].to_list()


def test_every_unit_that_is_judged_makes_a_discovery_harder() -> None:
    strange = series([*WAVE, 17.0])
    alone = told(strange).filter(pl.col("period_start") == MONTHS[12])["q_value"][0]
    rng = np.random.default_rng(3)
    others = [series(list(rng.normal(10, 1, 13)), unit=f"team-{unit}") for unit in range(30)]

    among = told(pl.concat([strange, *others])).filter(
        (pl.col("org_unit_id") == "acme") & (pl.col("period_start") == MONTHS[12])
    )

    assert among["q_value"][0] > alone
    assert among["p_value"][0] == told(strange).filter(pl.col("period_start") == MONTHS[12])["p_value"][0]


def test_the_order_of_rows_does_not_matter() -> None:
    rows = pl.concat([series(WAVE), series([*WAVE, 30.0], unit="b")])

    assert fct_kpi_signal(rows, [MINUTES]).equals(
        fct_kpi_signal(rows.sample(fraction=1, shuffle=True, seed=1), [MINUTES])
    )


def test_a_shift_in_one_of_fifty_series_is_raised() -> None:
    rng = np.random.default_rng(5)
    steady = [series(list(rng.normal(100, 5, 28)), unit=f"team-{unit}") for unit in range(50)]
    shifted = series([*rng.normal(100, 5, 24), *rng.normal(160, 5, 4)], unit="moved")

    found = fct_kpi_signal(pl.concat([*steady, shifted]), [MINUTES])

    assert found.filter(pl.col("status") == "raised")["org_unit_id"].unique().to_list() == ["moved"]
