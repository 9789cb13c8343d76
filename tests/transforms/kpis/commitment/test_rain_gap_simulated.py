"""The rain test on companies whose true gap is known: its interval covers it, its verdicts accuse nobody falsely."""

from __future__ import annotations

import polars as pl
import pytest

from tests.transforms.kpis.commitment.simulated_rain import Weather, half_years
from tests.transforms.replications import REPLICATED, at_most, covers
from tests.transforms.sample_organisation import facts
from transforms.kpis.commitment.rain_gap import KPI, MARGIN

WEATHERS = {
    "one team": Weather(),
    "small strata": Weather(promises_a_day=14, strata=12),
    "days that differ": Weather(day_sd=0.1),
    "three teams": Weather(teams=3, promises_a_day=60, day_sd=0.06),
    "eight rain days, days that differ": Weather(rain_days=8, day_sd=0.1),
}


def estimated(rows: pl.DataFrame) -> pl.DataFrame:
    """Gap, interval and verdict of every company, those without enough rain left out."""
    nothing = facts(ticket=[], promise=[])
    return KPI.estimate(rows.lazy(), nothing).filter(pl.col("component") == "main").drop_nulls("value").collect()


def share(cells: pl.DataFrame, condition: pl.Expr) -> float:
    return float(cells.select(condition.mean()).item())


@REPLICATED
@pytest.mark.parametrize("gap", [0.0, -MARGIN])
@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
def test_the_interval_covers_and_the_innocent_are_not_called_interested(
    weather: Weather, gap: float, replications: int
) -> None:
    cells = estimated(half_years(replications, gap, weather, seed=7))

    covered = share(cells, (pl.col("ci_low") <= gap) & (gap <= pl.col("ci_high")))
    interested = share(cells, (pl.col("verdict") == "interested").fill_null(False))
    print(f"{replications} companies: covered {covered:.4f}, called interested {interested:.4f}")
    assert cells["verdict"].count() >= 0.98 * replications
    assert covers(covered, replications)
    assert interested <= at_most(0.05 if gap else 0.01, replications)


@REPLICATED
def test_a_true_gap_of_a_quarter_is_found(replications: int) -> None:
    cells = estimated(half_years(replications, -0.25, Weather(), seed=8))

    assert share(cells, pl.col("verdict") == "interested") > 0.95


@REPLICATED
def test_another_mix_of_work_in_rain_is_no_gap(replications: int) -> None:
    rows = half_years(replications, 0.0, Weather(mix_shifts=True), seed=9)

    cells = estimated(rows)

    sides = rows.group_by("org_unit_id").agg(
        (pl.col("numerator").filter(side).sum() / pl.col("denominator").filter(side).sum()).alias(name)
        for name, side in (("rain", pl.col("is_labelled")), ("fair", ~pl.col("is_labelled")))
    )
    # Unmatched, the mix alone would look like six percentage points lost in rain.
    assert share(sides, pl.col("rain") - pl.col("fair")) < -0.04
    assert abs(share(cells, pl.col("value"))) < 0.01
    assert share(cells, pl.col("verdict") == "interested") <= at_most(0.01, replications)
