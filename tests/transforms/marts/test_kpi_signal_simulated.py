"""How often a night tells of a change where nothing changed: 20 steady series, one night after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from tests.transforms.marts.published import number, registered, rows_of
from tests.transforms.replications import REPLICATED, at_most
from transforms.contracts.marts import FctKpiValue
from transforms.marts.kpi_signal import FEWEST_POINTS, fct_kpi_signal

SERIES = 20
FIRST_WEEK = dt.date(1990, 1, 1)
SCORED = registered("scored", unit="score", direction="down", grains=("week",))
KEPT = registered("kept", grains=("week",))

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def nights(numbers: np.ndarray, kpi_id: str, units: np.ndarray | None = None) -> pl.DataFrame:
    """Per night: whether anything was noticed and whether anything was raised in weekly `numbers` [series, week]."""
    template = rows_of(number(kpi_id, 0.0, FIRST_WEEK, period_grain="week"))
    weeks = pl.Series([FIRST_WEEK + dt.timedelta(weeks=week) for week in range(numbers.shape[1])])
    drawn = pl.DataFrame(
        {
            "org_unit_id": np.repeat([f"team-{n}" for n in range(len(numbers))], numbers.shape[1]),
            "period_start": pl.concat([weeks] * len(numbers)),
            "value": numbers.ravel(),
            "denominator": None if units is None else units.ravel().astype(float),
            "numerator": None if units is None else (numbers * units).ravel().round(),
        },
        schema_overrides={"denominator": pl.Float64, "numerator": pl.Float64},
    ).with_columns(pl.col("period_start").dt.offset_by("6d").alias("period_end"))
    rows = template.drop(drawn.columns).join(drawn, how="cross").select(list(FctKpiValue.columns()))
    return (
        fct_kpi_signal(rows, [SCORED, KEPT])
        .group_by("period_end")
        .agg(
            (pl.col("status") != "quiet").any().alias("is_noticed"),
            (pl.col("status") == "raised").any().alias("is_raised"),
        )
    )


def share(found: pl.DataFrame, column: str) -> float:
    return float(found.select(pl.col(column).mean()).item())


def weeks_for(replications: int) -> tuple[int, int]:
    return SERIES, replications + FEWEST_POINTS


@REPLICATED
def test_five_nights_in_a_hundred_notice_something_and_none_raises_it(replications: int) -> None:
    rng = np.random.default_rng(11)

    found = nights(rng.normal(100, 10, weeks_for(replications)), "scored")

    assert found.height == replications
    assert share(found, "is_noticed") <= at_most(0.05, replications)
    assert share(found, "is_raised") <= at_most(0.002, replications)


@REPLICATED
@pytest.mark.parametrize("restlessness", [0.0, 0.03])
def test_shares_of_many_that_vary_more_than_coin_tosses(restlessness: float, replications: int) -> None:
    rng = np.random.default_rng(12)
    units = rng.poisson(2000, weeks_for(replications))
    kept = rng.binomial(units, np.clip(0.8 + restlessness * rng.normal(size=units.shape), 0, 1))

    found = nights(kept / units, "kept", units)

    assert share(found, "is_noticed") <= at_most(0.05, replications)
    assert share(found, "is_raised") <= at_most(0.002, replications)


@REPLICATED
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, shape: rng.poisson(4, shape).astype(float),
        lambda rng, shape: rng.binomial(25, 0.9, shape) / 25,
        lambda rng, shape: 100 * np.exp(rng.normal(0, 0.4, shape)),
        lambda rng, shape: rng.standard_t(4, shape),
    ],
    ids=["counts", "small shares", "skewed", "heavy tails"],
)
def test_single_strange_points_of_any_shape_are_not_raised(draw: Draw, replications: int) -> None:
    found = nights(draw(np.random.default_rng(13), weeks_for(replications)), "scored")

    assert share(found, "is_raised") <= at_most(0.01, replications)
