"""A company in which nothing is planted raises no more alarms than its intervals, verdicts and signals allow."""

import datetime as dt

import polars as pl
import pytest

from flows.demo.company import LAST_ON
from tests.acceptance.false_alarms import NOTHING, at_most, discoveries, intervals, launches, rain_verdicts
from tests.acceptance.neutral_company import Shown, neutral, shown
from transforms.kpis.registry import all_kpis

# Working teams, tickets, last day, seed: a small company for every day, and one of the demo's size.
SMALL = (6, 12_000, dt.date(2026, 1, 14), 1)
FULL = tuple(
    pytest.param((18, 60_000, LAST_ON, seed), marks=[pytest.mark.soak, pytest.mark.timeout(600)])
    for seed in range(1, 7)
)


@pytest.fixture(scope="module", params=[SMALL, *FULL], ids=lambda size: f"{size[0]}-teams-seed-{size[-1]}")
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    teams, tickets, end_on, seed = request.param
    return shown(neutral(teams, tickets), seed, end_on, tmp_path_factory.mktemp("neutral"))


@pytest.mark.parametrize("org_level", [0, 1, 2])
def test_intervals_hold_nothing_where_there_is_nothing(company: Shown, org_level: int) -> None:
    n, wrong = intervals(company.values, org_level)

    assert n >= 30
    assert wrong <= at_most(n)


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
