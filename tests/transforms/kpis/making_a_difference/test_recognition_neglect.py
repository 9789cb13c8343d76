"""Recognition neglect, by hand: exceptional moments, who worked on them, and what followed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tests.transforms.sample_organisation import (
    answer,
    cell,
    computed,
    facts,
    item,
    member,
    moment,
    person,
    recognition,
    units,
)  # fmt: skip
from tests.transforms.sample_tickets import promise, ticket
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
DAY = dt.date(2026, 2, 10)
NIGHT = dt.date(2026, 5, 30)
ITEM = item("csat", "satisfied", survey_id="after", audience="customer")
# A recognition on the first and last day of the time that is known; to somebody who works on no ticket.
EDGES = [recognition(80, 81, dt.date(2025, 9, 1)), recognition(80, 81, dt.date(2026, 5, 29))]


def rated(number: int, value: float = 5.0, on: dt.date = DAY) -> dict[str, Any]:
    return answer(500 + number, "csat", value, survey_id="after", response_id=f"r{number}", ticket_id=f"T{number}") | {
        "answered_at": moment(on)
    }


def organisation(
    tickets: list[dict[str, Any]], answers: list[dict[str, Any]], thanks: list[dict[str, Any]], **more: Any
) -> Facts:
    tables = {
        "ticket": tickets,
        "survey_item": [ITEM],
        "survey_response": answers,
        "recognition": [*EDGES, *thanks],
        "membership": [member(number, "care") for number in range(10)],
    }
    return facts(NIGHT, org_unit=UNITS, **(tables | more))


def example() -> Facts:
    """Ten top ratings; the tickets of 8 and 9 have no agent; 0 is thanked on the day, 1 after 14 days, 2 after 15."""
    tickets = [ticket(n, moment(DAY), agent_key=person(n) if n < 8 else None) for n in range(10)]
    thanks = [recognition(50, n, DAY + dt.timedelta(days=days)) for n, days in ((0, 0), (1, 14), (2, 15), (3, -1))]
    return organisation(tickets, [rated(n) for n in range(10)], thanks)


def neglect(of: Facts, component: str = "main", unit: str = "care") -> dict[str, Any]:
    return cell(computed("recognition_neglect", of), unit, component, start=dt.date(2026, 1, 1))


def test_worked_example() -> None:
    main, linkable = neglect(example()), neglect(example(), "linkable_share")

    assert (main["value"], main["denominator"]) == (pytest.approx(6 / 8), 8.0)
    assert (linkable["value"], linkable["denominator"]) == (pytest.approx(0.8), 10.0)
    assert main["ci_low"] <= 0.75 <= main["ci_high"]


def test_a_top_rating_without_a_comment_is_no_moment_where_the_survey_tells() -> None:
    tickets = [ticket(number, moment(DAY), agent_key=person(number)) for number in range(8)]
    told = [rated(number) | {"has_comment": number < 5} for number in range(8)]

    of = organisation(tickets, told, [recognition(50, 0, DAY), recognition(50, 7, DAY)])

    # Of the five with a comment the first is thanked; the one who is thanked without a comment had no moment.
    assert (neglect(of)["value"], neglect(of)["denominator"]) == (pytest.approx(4 / 5), 5.0)


def test_the_baseline_is_the_same_on_days_four_to_thirteen_weeks_away() -> None:
    # Person 0 is recognised 8 weeks before the moment alone; two shifts reach from an earlier week into it.
    of = organisation(
        [ticket(0, moment(DAY), agent_key=person(0))], [rated(0)], [recognition(50, 0, DAY - dt.timedelta(weeks=8))]
    )

    # The shifts by -10, -9 and -8 weeks begin 14, 7 and 0 days before it; by 4 to 7 weeks they begin in the quarter.
    shifts_known = [*range(-13, -3), *range(4, 8)]
    assert neglect(of)["value"] == 1.0
    assert neglect(of, "baseline")["value"] == pytest.approx(1 - 3 / len(shifts_known))
    assert neglect(of, "baseline")["interval_method"] == "date_shift_permutation"


@pytest.mark.parametrize(("days", "moves"), [(14, True), (15, False), (40, False)])
def test_thanks_after_the_quarter_and_its_two_weeks_move_nothing(days: int, moves: bool) -> None:
    in_march = dt.date(2026, 3, 3)
    tickets, answers = [ticket(0, moment(in_march), agent_key=person(0))], [rated(0, on=in_march)]
    later = recognition(50, 0, dt.date(2026, 3, 31) + dt.timedelta(days=days))

    without, thanked = organisation(tickets, answers, []), organisation(tickets, answers, [later])

    # Of the shifts ahead only that by 4 weeks begins within the quarter, on its last day.
    assert (neglect(without, "baseline") != neglect(thanked, "baseline")) == moves


def test_anybody_who_worked_on_the_ticket_will_do() -> None:
    from tests.transforms.sample_tickets import event

    handed_over = event(0, moment(DAY), "assignee", agent_key=person(7), actor_key=person(8))
    for worker in (7, 8):
        of = organisation(
            [ticket(0, moment(DAY), agent_key=person(0))],
            [rated(0)],
            [recognition(50, worker, DAY)],
            ticket_event=[handed_over],
        )
        assert neglect(of)["value"] == 0.0
    customer = organisation([ticket(0, moment(DAY), requester_key=person(9))], [rated(0)], [recognition(50, 9, DAY)])
    assert neglect(customer)["value"] == 1.0


def test_only_the_highest_rating_about_a_ticket_is_a_moment() -> None:
    of = organisation([ticket(n, moment(DAY)) for n in range(4)], [rated(0), rated(1, 4.0), rated(7)], [])
    assert neglect(of)["denominator"] == 1.0


def test_an_urgent_promise_kept_in_rain_and_not_reopened_is_a_moment() -> None:
    began = moment(DAY, 9)
    kept = {"priority": "urgent", "began_at": began}
    promises = [
        promise(0, began + dt.timedelta(hours=4), began + dt.timedelta(hours=2), **kept),
        promise(1, began + dt.timedelta(hours=1), began + dt.timedelta(hours=2), **kept),
        promise(2, began + dt.timedelta(hours=4), began + dt.timedelta(hours=2), **(kept | {"priority": "normal"})),
        promise(
            3,
            began + dt.timedelta(hours=4),
            began + dt.timedelta(hours=2),
            **(kept | {"began_at": began + dt.timedelta(days=1)}),
        ),
    ]
    of = organisation(
        [ticket(n, began, agent_key=person(n)) for n in range(4)], [], [recognition(50, 0, DAY)], promise=promises
    )
    of.load = pl.LazyFrame({"org_unit_id": "care", "day": [DAY, DAY + dt.timedelta(days=1)], "is_rain": [True, False]})  # type: ignore[misc]

    assert (neglect(of)["value"], neglect(of)["denominator"]) == (0.0, 1.0)


def test_thanking_oneself_does_not_end_neglect() -> None:
    of = organisation([ticket(0, moment(DAY), agent_key=person(0))], [rated(0)], [recognition(0, 0, DAY)])
    assert neglect(of)["value"] == 1.0


def test_order_and_copies_change_nothing_and_all_is_zero() -> None:
    of = example()
    rows = {name: of.table(name).collect() for name in ("ticket", "survey_response", "recognition")}
    again = organisation([], [], [], **{name: pl.concat([frame, frame]).reverse() for name, frame in rows.items()})
    assert neglect(again) == neglect(of)
    everyone = [recognition(50, n, DAY, recognition_id=f"{n}") for n in range(6)]
    tickets = [ticket(n, moment(DAY)) for n in range(6)]
    assert neglect(organisation(tickets, [rated(n) for n in range(6)], everyone))["value"] == 0.0


def test_without_moments_there_is_no_cell() -> None:
    assert computed("recognition_neglect", organisation([ticket(0)], [], [])).cells.is_empty()
    assert cell(computed("recognition_neglect", facts(org_unit=UNITS)), "acme")["state"] == "source_missing"
