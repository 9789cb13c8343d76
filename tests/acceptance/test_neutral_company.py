"""A company in which nothing is planted raises no more alarms than its intervals, verdicts and signals allow."""

import datetime as dt
from collections.abc import Callable
from functools import cache

import polars as pl
import pytest

from flows.demo.company import LAST_ON
from tests.acceptance.false_alarms import (
    NOTHING,
    at_most,
    discoveries,
    intervals,
    intervals_by_kpi,
    launches,
    rain_verdicts,
)
from tests.acceptance.neutral_company import Shown, neutral, shown
from transforms.kpis.registry import all_kpis

# Working teams, tickets, last day, seed: a small company for every day, and one of the demo's size.
SMALL = (6, 12_000, dt.date(2026, 1, 14), 1)
FULL = tuple((18, 60_000, LAST_ON, seed) for seed in range(1, 7))
LONG = [pytest.mark.soak, pytest.mark.timeout(3_600)]
Size = tuple[int, int, dt.date, int]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Size], Shown]:
    """What is published about a company of some size and seed, computed once."""

    @cache
    def of(size: Size) -> Shown:
        teams, tickets, end_on, seed = size
        return shown(neutral(teams, tickets), seed, end_on, tmp_path_factory.mktemp("neutral"))

    return of


@pytest.fixture(
    scope="module",
    params=[SMALL, *(pytest.param(size, marks=LONG) for size in FULL)],
    ids=lambda size: f"{size[0]}-teams-seed-{size[-1]}",
)
def company(request: pytest.FixtureRequest, seen: Callable[[Size], Shown]) -> Shown:
    return seen(request.param)


@pytest.mark.parametrize("org_level", [0, 1, 2])
def test_intervals_hold_nothing_where_there_is_nothing(company: Shown, org_level: int) -> None:
    n, wrong = intervals(company.values, org_level)

    assert n >= 30
    assert wrong <= at_most(n)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_no_kpi_hides_in_the_pool(seen: Callable[[Size], Shown]) -> None:
    values = pl.concat(seen(size).values.with_columns(company=pl.lit(size[-1])) for size in FULL)
    judged = intervals_by_kpi(values)

    assert judged.select("kpi_id", "component").n_unique() == len(NOTHING)
    assert judged.filter(pl.col("wrong") > pl.col("allowed")).rows() == []


def test_a_kpi_that_errs_is_found_behind_those_that_do_not() -> None:
    # 40 intervals a quarter: one KPI errs in 10 of them, the other never. Months count, their quarters do not.
    rows = pl.DataFrame({"number": range(40)}).join(
        pl.DataFrame({"kpi_id": ["newcomer_gap", "cascade_loss"], "period_grain": ["month", "quarter"]}), how="cross"
    )
    again = rows.filter(kpi_id="newcomer_gap").with_columns(period_grain=pl.lit("quarter"))
    is_loud = (pl.col("kpi_id") == "newcomer_gap") & (pl.col("number") < 10)
    values = pl.concat([rows, again]).select(
        "kpi_id",
        "period_grain",
        component=pl.lit("main"),
        variant=pl.lit("main"),
        org_level=pl.lit(2),
        company=pl.lit(1),
        period_start=pl.lit(dt.date(2026, 1, 1)),
        ci_low=pl.when(is_loud).then(0.1).otherwise(-0.1),
        ci_high=pl.lit(0.2),
    )

    judged = intervals_by_kpi(values)

    assert judged.select("kpi_id", "n", "wrong", "allowed").rows() == [
        ("cascade_loss", 40, 0, 7),
        ("newcomer_gap", 40, 10, 7),
    ]


def test_hardly_anybody_is_called_merely_interested(company: Shown) -> None:
    n, wrong = rain_verdicts(company.values)

    assert n >= 10
    # The true gap is 0, which lies 0.05 above the verdict's line.
    assert wrong <= at_most(n, 0.01)


def test_hardly_an_initiative_without_a_lift_is_said_to_have_taken_off(company: Shown) -> None:
    n, wrong = launches(company.values)

    assert n >= 20
    assert wrong <= at_most(n)


def test_hardly_a_night_holds_a_signal(company: Shown) -> None:
    # Easter and Christmas are real: the calendar's clock runs on while nobody works.
    steady = company.signals.filter(~pl.col("component").str.starts_with("calendar"))
    families, wrong = discoveries(steady)

    assert families >= 40
    assert steady.height >= 1_000
    assert wrong <= at_most(families)


def test_every_gap_is_among_those_that_could_be_nothing() -> None:
    gaps = {registered.kpi.id for registered in all_kpis() if registered.kpi.unit == "gap"}

    assert gaps <= {kpi_id for kpi_id, _ in NOTHING}
