"""The rain test: who keeps promises only in fair weather is found out, and who keeps them in rain is not accused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from tests.transforms.sample_organisation import cell, computed, facts, person, units
from transforms.contracts import STAGED
from transforms.facts import Facts
from transforms.kpis.compute import KpiResult

START = dt.date(2025, 12, 22)  # a 26-week window, to 21 June 2026
NIGHT = dt.date(2026, 7, 20)
UNITS = units({"acme": None, "care": "acme", "desk": "acme"})
FAIR_WEATHER = {True: 0.5, False: 0.9}
STEADY = {True: 0.9, False: 0.9}


def organisation(
    kept: dict[str, dict[bool, float]],
    usual: int = 20,
    rain: int = 40,
    agents: int = 6,
    is_wet: Callable[[int], bool] = lambda day: day % 7 == 3,
    **more: Any,
) -> dict[str, pl.DataFrame]:
    """Tickets and promises of teams from five weeks before the window: `usual` a day, `rain` on wet days.

    `kept[team][wet]` is the share kept on wet and other days. It rains on every seventh business day, so that the
    weekday changes.
    """
    days = [START + dt.timedelta(days=day) for day in range(-35, 7 * 26)]
    rows = [
        {
            "ticket_id": f"{team}-{number}-{made}",
            "org_unit_id": team,
            "agent_key": person(made % agents),
            "created_at": dt.datetime.combine(day, dt.time(10), dt.UTC) + dt.timedelta(minutes=made),
            "is_kept": (made * 7 + number) % count < round(kept[team][is_wet(number)] * count),
        }
        for team in kept
        for number, day in enumerate(day for day in days if day.weekday() < 5)
        for count in [rain if is_wet(number) else usual]
        for made in range(count)
    ]
    base = pl.DataFrame(rows).with_columns(
        pl.lit("sample").alias("source"), pl.lit("0123456789abcdef").alias("source_page"), pl.lit(1).alias("source_row")
    )
    later = pl.col("created_at") + pl.duration(hours=20)
    tickets = base.select(
        "source", "source_page", "source_row", "ticket_id", "org_unit_id", "agent_key", "created_at"
    ).with_columns(
        pl.col("created_at").alias("updated_at"), later.alias("solved_at"), pl.lit(False).alias("is_deleted")
    )
    promises = base.with_columns(
        pl.col("ticket_id").alias("promise_id"),
        pl.col("created_at").alias("began_at"),
        later.alias("closed_at"),
        pl.lit("resolution").alias("metric"),
        pl.lit("calendar").alias("clock"),
        pl.lit(False).alias("is_cancelled"),
    )
    return {name: _table(name, frame) for name, frame in {"ticket": tickets, "promise": promises}.items()}


def _table(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = STAGED[name].create_empty().schema
    return frame.select(
        (pl.col(column) if column in frame.columns else pl.lit(None)).cast(dtype).alias(column)
        for column, dtype in schema.items()
    )


def rain_test_of(tables: dict[str, pl.DataFrame], night: dt.date = NIGHT) -> KpiResult:
    found = computed("rain_gap", facts(run_on=night, org_unit=UNITS, **tables))
    return KpiResult(found.cells.filter(pl.col("period_start") == START), found.people, found.crowd)


@pytest.fixture(scope="module")
def two_teams() -> KpiResult:
    return rain_test_of(organisation({"care": FAIR_WEATHER, "desk": STEADY}))


def test_the_fair_weather_team_is_interested(two_teams: KpiResult) -> None:
    # In every week 50 % of the rain day's promises and 90 % of the others': each stratum's gap is -0.40.
    got = cell(two_teams, "care")

    assert got["value"] == pytest.approx(-0.4)
    assert got["ci_high"] < -0.05
    assert (got["verdict"], got["interval_method"]) == ("interested", "week_block_bootstrap")
    assert cell(two_teams, "care", "p_value")["value"] < 0.01


def test_the_team_that_runs_in_rain_is_committed(two_teams: KpiResult) -> None:
    got = cell(two_teams, "desk")

    assert got["value"] == pytest.approx(0.0, abs=0.01)
    assert (got["verdict"], got["state"]) == ("committed", "published")
    assert cell(two_teams, "desk", "p_value")["value"] > 0.05


def test_the_company_lies_between_its_teams(two_teams: KpiResult) -> None:
    assert cell(two_teams, "acme")["value"] == pytest.approx(-0.2, abs=0.01)


def test_every_variant_and_component_is_there_with_the_people_behind_it(two_teams: KpiResult) -> None:
    keys = ["component", "variant"]
    expected = {(c, v) for c in ("main", "p_value") for v in ("main", "backlog", "arrivals_company")}

    assert set(two_teams.cells.select(keys).rows()) == expected
    assert set(two_teams.people.select(keys).rows()) == expected
    assert two_teams.people["person_key"].n_unique() == 6


def test_the_mix_of_teams_does_not_pose_as_rain() -> None:
    # The weaker team has many rain days, the stronger few; both keep in rain what they keep otherwise.
    often = organisation({"care": {True: 0.5, False: 0.5}}, usual=40, rain=80)
    seldom = organisation({"desk": STEADY}, is_wet=lambda day: day % 21 == 3)
    tables = {name: pl.concat([often[name], seldom[name]]) for name in often}

    got = cell(rain_test_of(tables), "acme")

    assert got["value"] == pytest.approx(0.0, abs=0.01)
    assert got["verdict"] == "committed"


def test_another_mix_of_priorities_in_rain_does_not_pose_as_a_gap() -> None:
    # Of ordinary days a third is urgent, of rain days three quarters; half of what is urgent is kept, else nine tenths.
    urgent = organisation({"care": {True: 0.5, False: 0.5}}, usual=10, rain=30)
    routine = organisation({"care": {True: 0.9, False: 0.9}}, usual=20, rain=10)
    tables = {
        name: pl.concat(
            frame.with_columns(
                pl.lit(priority).alias("priority"),
                pl.col("^(ticket|promise)_id$") + f"-{priority}",
            )
            for priority, frame in (("urgent", urgent[name]), ("normal", routine[name]))
        )
        for name in urgent
    }

    got = cell(rain_test_of(tables), "care")

    assert got["value"] == pytest.approx(0.0, abs=0.01)
    assert got["verdict"] == "committed"


def test_a_thin_team_leaves_the_verdict_to_the_unit_above() -> None:
    # Six a day, twelve in rain: 130 business days hold less than ten a day.
    got = cell(rain_test_of(organisation({"care": FAIR_WEATHER}, usual=6, rain=12)), "care")

    assert (got["verdict"], got["flags"], got["state"]) == (None, "verdict_one_level_up", "published")
    assert got["value"] < -0.3


@pytest.mark.parametrize(
    "tables",
    [
        organisation({"care": FAIR_WEATHER}, is_wet=lambda day: day in (40, 60, 80, 100, 120)),  # five rain days
        organisation({"care": FAIR_WEATHER}, agents=4),
        organisation({"care": FAIR_WEATHER}, agents=1),
        organisation({"care": FAIR_WEATHER}, usual=1, rain=2),  # some 40 promises in rain
    ],
    ids=["too few rain days", "four agents", "one agent", "too few promises"],
)
def test_not_enough_rain_is_no_number(tables: dict[str, pl.DataFrame]) -> None:
    got = cell(rain_test_of(tables), "care")

    assert (got["value"], got["verdict"], got["state"], got["flags"]) == (
        None,
        None,
        "not_enough_data",
        "not_enough_rain",
    )


def test_a_team_that_never_keeps_a_promise_has_no_gap() -> None:
    got = cell(rain_test_of(organisation({"care": {True: 0.0, False: 0.0}})), "care")

    assert (got["value"], got["ci_low"], got["ci_high"]) == (0.0, 0.0, 0.0)


def test_unripe_until_the_rain_of_its_last_days_is_known() -> None:
    tables = organisation({"care": FAIR_WEATHER})

    assert cell(rain_test_of(tables, dt.date(2026, 7, 11)), "care")["state"] == "not_matured"
    assert cell(rain_test_of(tables, dt.date(2026, 7, 12)), "care")["state"] == "published"


def test_order_and_repetition_and_other_teams_change_nothing(two_teams: KpiResult) -> None:
    alone = organisation({"care": FAIR_WEATHER})
    shuffled = {
        name: pl.concat([frame, frame]).sample(fraction=1, shuffle=True, seed=1) for name, frame in alone.items()
    }

    for component in ("main", "p_value"):
        numbers = [cell(rain_test_of(tables), "care", component) for tables in (alone, shuffled)]
        numbers.append(cell(two_teams, "care", component))
        for other in numbers[1:]:
            assert {key: other[key] for key in ("value", "ci_low", "ci_high", "n_events", "verdict")} == pytest.approx(
                {key: numbers[0][key] for key in ("value", "ci_low", "ci_high", "n_events", "verdict")}
            )


def test_no_promises() -> None:
    nothing: Facts = facts(run_on=NIGHT, org_unit=UNITS, ticket=[], promise=[])

    assert computed("rain_gap", nothing).cells.is_empty()
