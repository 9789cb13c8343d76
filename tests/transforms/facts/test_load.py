"""Load and rain per team and business day."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.transforms.sample_organisation import facts, person
from tests.transforms.sample_tickets import MONDAY, at, event, ticket
from transforms.facts.load import rainy

WEEKS = 10


def days_of(arrivals: list[int], unit: str = "care", agents: int = 2, **more: object) -> list[dict[str, object]]:
    """`arrivals[i]` tickets opened on the i-th weekday, held by `agents` agents in turn."""
    weekdays = [day for day in range(7 * WEEKS) if at(day).weekday() < 5]
    return [
        ticket(1000 * day + number, at(day, 10), org_unit_id=unit, agent_key=person(number % agents), **more)
        | {"ticket_id": f"{unit}-{day}-{number}"}
        for day, count in zip(weekdays, arrivals, strict=False)
        for number in range(count)
    ]


def load(rows: list[dict[str, object]], **tables: object) -> pl.DataFrame:
    night = MONDAY + dt.timedelta(days=7 * WEEKS - 3)
    return facts(run_on=night, ticket=rows, **tables).load.collect()  # type: ignore[arg-type]


def test_worked_example() -> None:
    # Two agents a day, four tickets a day, ten on every second Wednesday.
    got = load(days_of([10 if day % 10 == 2 else 4 for day in range(5 * WEEKS)]))

    late = got.filter(pl.col("day") >= MONDAY + dt.timedelta(days=14))
    assert late["usual_agents"].unique().to_list() == [2.0]
    assert sorted(late["load"].unique().to_list()) == [2.0, 5.0]
    assert set(late.filter("is_rain")["load"]) == {5.0}
    assert set(late.filter(~pl.col("is_rain"))["load"]) == {2.0}


def test_an_even_load_is_no_rain() -> None:
    got = load(days_of([4] * 5 * WEEKS))

    assert not got["is_rain"].any()
    assert not got["is_company_rain"].any()


def test_without_history_the_flag_is_null() -> None:
    got = load(days_of([4] * 5 * WEEKS))

    assert got["load"].head(10).null_count() == 10
    assert got["load"].slice(10).null_count() == 0
    assert got["backlog"].null_count() == 20  # 28 days


def test_todays_attendance_does_not_move_todays_load() -> None:
    # A day on which one of two agents is away, with the usual four tickets.
    rows = days_of([4] * 5 * WEEKS)
    thin_day = at(30).date()
    thin = [row | {"agent_key": person(0)} if row["created_at"].date() == thin_day else row for row in rows]  # type: ignore[attr-defined]

    got = load(thin).filter(pl.col("day") == thin_day).row(0, named=True)

    assert (got["active_agents"], got["usual_agents"], got["load"], got["is_rain"]) == (1, 2.0, 2.0, False)


def test_each_team_has_its_own_sky_and_the_company_one() -> None:
    storm = [20 if day == 24 else 4 for day in range(5 * WEEKS)]
    got = load([*days_of(storm, "care"), *days_of([4] * 5 * WEEKS, "desk")])

    wet = got.filter(pl.col("day") == got.filter("is_rain")["day"].item()).sort("org_unit_id")

    assert wet["is_rain"].to_list() == [True, False]
    assert wet["is_company_rain"].to_list() == [True, True]
    assert wet["company_arrivals"].to_list() == [24, 24]


def test_a_ticket_passed_on_arrives_where_it_goes_and_leaves_the_backlog_behind() -> None:
    rows = days_of([4] * 5 * WEEKS)
    rows[0] |= {"ticket_id": "T1", "solved_at": at(45)}
    moves = [event(1, at(0), "group"), event(1, at(35), "group", org_unit_id="desk")]
    solved = [row if row["ticket_id"] == "T1" else row | {"solved_at": row["created_at"]} for row in rows]

    got = load(solved, ticket_event=moves)

    care = got.filter((pl.col("org_unit_id") == "care") & pl.col("backlog").is_not_null())
    assert care.filter(pl.col("day") <= at(35).date())["backlog"].unique().to_list() == [1]
    assert care.filter(pl.col("day") > at(35).date())["backlog"].unique().to_list() == [0]
    assert got.filter(pl.col("org_unit_id") == "desk")["arrivals"].sum() == 1


@pytest.mark.parametrize(("told_on", "last"), [(35, 35), (None, 40), (42, 40)])
def test_a_cancelled_ticket_is_no_backlog(told_on: int | None, last: int) -> None:
    rows = [row | {"solved_at": row["created_at"]} for row in days_of([4] * 5 * WEEKS)]
    rows[0] |= {"ticket_id": "T1", "solved_at": None, "status": "cancelled", "updated_at": at(40, 12)}
    told = [event(1, at(0), "status", "open")] + ([event(1, at(told_on), "status", "cancelled")] if told_on else [])

    known = load(rows, ticket_event=told).filter(pl.col("backlog").is_not_null())

    assert known.filter(pl.col("day") > at(last).date())["backlog"].unique().to_list() == [0]
    assert known.filter(pl.col("day") <= at(last).date())["backlog"].unique().to_list() == [1]


def test_a_solve_that_only_the_timeline_tells_ends_the_backlog() -> None:
    rows = [row | {"solved_at": row["created_at"]} for row in days_of([4] * 5 * WEEKS)]
    rows[0] |= {"ticket_id": "T1", "solved_at": None}
    told = [event(1, at(0), "status", "open"), event(1, at(35), "status", "solved")]

    known = load(rows, ticket_event=told).filter(pl.col("backlog").is_not_null())

    assert known.filter(pl.col("day") > at(35).date())["backlog"].unique().to_list() == [0]
    assert known.filter(pl.col("day") <= at(35).date())["backlog"].unique().to_list() == [1]


def test_weekend_arrivals_belong_to_no_business_day() -> None:
    rows = [*days_of([4] * 5 * WEEKS), ticket(1, at(33)), ticket(2, at(34))]

    got = load(rows)

    assert at(33).weekday() == 5
    assert got["arrivals"].sum() == 4 * 5 * WEEKS
    assert set(got["day"].dt.weekday()) == {1, 2, 3, 4, 5}


def test_deleted_tickets_are_no_load_and_no_tickets_no_rows() -> None:
    gone = [row | {"is_deleted": True} for row in days_of([4] * 5)]

    assert load(gone).is_empty()
    assert facts().load.collect().is_empty()


@pytest.mark.parametrize(("strictly", "expected"), [(True, 0), (False, 21)])
def test_ties_with_the_percentile(strictly: bool, expected: int) -> None:
    even = pl.DataFrame({"load": [3.0] * 21})

    assert even.select(rainy(pl.col("load"), strictly=strictly))["load"].sum() == expected
