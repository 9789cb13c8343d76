"""Of a ticket that something happened to, only the parts in which its observations differ are named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from tests.transforms.sample_organisation import facts, person, units
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts.touched import Touched
from transforms.kpis.affected import affected, at_stake
from transforms.kpis.differing import Differing, differing
from transforms.kpis.registry import kpi

UNITS = units({"acme": None, "care": "acme"})
FIRST = dt.date(2026, 1, 1)
THEN, NOW = dt.date(2026, 4, 8), dt.date(2026, 4, 9)
# Opened on 2 March, solved on 27 March; something happens 38 days after its begin, on 9 April.
SOLVED = [event(1, at(0, 10), "public_reply"), event(1, at(25), "status", "solved")]
REOPENED = [*SOLVED, event(1, at(38), "status", "open")]
NOTED = [*SOLVED, event(1, at(38), "private_note")]


def differs(before: list[dict[str, Any]], after: list[dict[str, Any]], *kpi_ids: str) -> Differing:
    then, now = (
        facts(run_on=run_on, org_unit=UNITS, ticket=[ticket(1)], ticket_event=events)
        for run_on, events in ((THEN, before), (NOW, after))
    )
    return differing([kpi(one) for one in kpi_ids], then, now)


def parts(before: list[dict[str, Any]], after: list[dict[str, Any]], *kpi_ids: str) -> dict[str, set[dt.date]]:
    return {name: set(starts) for name, starts in differs(before, after, *kpi_ids).parts.items()}


def test_a_reopening_moves_the_quarter_of_the_solve() -> None:
    assert parts(SOLVED, REOPENED, "reopen_rate") == {"reopen_rate": {FIRST}}


def test_a_note_moves_nothing_that_was_said_before() -> None:
    ids = ("reopen_rate", "first_reply_minutes", "full_resolution_minutes", "hoop_index")

    assert parts(SOLVED, NOTED, *ids) == {kpi_id: set() for kpi_id in ids}


def test_a_ticket_that_still_waits_differs_every_night() -> None:
    waiting = [event(2, at(0), "public_reply")]

    assert parts(waiting, waiting, "full_resolution_minutes") == {"full_resolution_minutes": {FIRST}}


def test_what_differs_in_a_period_that_still_runs_moves_no_part() -> None:
    solved = event(1, at(38), "status", "solved")

    assert parts(SOLVED[:1], [SOLVED[0], solved], "reopen_rate") == {"reopen_rate": set()}


def test_kpis_that_see_tickets_together_or_lack_a_table_are_judged_by_days() -> None:
    assert parts(SOLVED, REOPENED, "values_in_rain", "promise_kept_rate", "csat") == {}


def test_days_of_tickets_on_which_nothing_differs_count_no_more() -> None:
    nothing = pl.DataFrame({"ticket_id": []}, schema={"ticket_id": pl.String})
    on = {"tickets": [at(0).date(), NOW], "others": [NOW]}
    touched = Touched(days=on, lives=[], tickets=nothing, changed=nothing, rows=({}, {}), contacts=nothing)
    context = [facts(run_on=run_on, org_unit=UNITS).context for run_on in (THEN, NOW)]
    all_of = [kpi("hoop_index"), kpi("setback_resilience")]

    nothing_of_hoops = Differing({"hoop_index": frozenset()}, weather=[])

    by_days = affected(all_of, touched, *context, first_on=FIRST)
    exactly = affected(all_of, touched, *context, first_on=FIRST, differing=nothing_of_hoops)

    assert by_days.starts("hoop_index") == (FIRST,)
    assert exactly.starts("hoop_index") == ()
    assert exactly.starts("setback_resilience") == by_days.starts("setback_resilience") != ()
    assert at_stake(all_of, touched, *context, first_on=FIRST) == FIRST
    assert at_stake(all_of[1:], touched, *context, first_on=FIRST) is None


def weather(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dt.date]:
    return list(differs(before, after).weather)


def test_the_weather_differs_from_one_night_to_the_next() -> None:
    assert weather(SOLVED, SOLVED) == [THEN, NOW]
    assert weather(SOLVED, REOPENED) == [THEN, NOW]


def test_somebody_seen_on_a_day_makes_its_weather_differ() -> None:
    looked_in = event(1, at(7), "private_note", actor_key=person(8), org_unit_id="care")

    assert weather(SOLVED, [*SOLVED, looked_in]) == [at(7).date(), THEN, NOW]


def test_a_ticket_that_went_to_another_team_stands_in_the_backlog_from_then_on() -> None:
    passed_on = event(1, at(20), "group", org_unit_id="shop")

    assert weather(SOLVED, [SOLVED[0], passed_on, SOLVED[1]]) == [at(day).date() for day in range(20, 39)]


def test_a_kpi_of_the_weather_looks_at_its_days_and_not_at_those_of_tickets() -> None:
    nothing = pl.DataFrame({"ticket_id": []}, schema={"ticket_id": pl.String})
    context = [facts(run_on=run_on, org_unit=UNITS).context for run_on in (THEN, NOW)]
    all_of, same = [kpi("recognition_neglect")], {"recognition_neglect": frozenset[dt.date]()}
    days = {"tickets": [FIRST], "weather": [FIRST, NOW]}
    touched = Touched(days=days, lives=[], tickets=nothing, changed=nothing, rows=({}, {}), contacts=nothing)

    def starts(known: Differing | None) -> tuple[dt.date, ...] | None:
        return affected(all_of, touched, *context, first_on=FIRST, differing=known).starts("recognition_neglect")

    # Rain of 21 days later tells what rain is; in April nothing is rain to a quarter that ended in March, after that.
    assert starts(None) == (FIRST,)
    assert starts(Differing(same, [dt.date(2026, 4, 21)])) == (FIRST,)
    assert starts(Differing(same, [dt.date(2026, 4, 22)])) == ()
    assert starts(Differing({}, [dt.date(2026, 4, 22)])) == (FIRST,)
