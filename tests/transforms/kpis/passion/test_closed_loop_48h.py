"""Closed loop, by hand: bad answers and who called back in time. Open from 9 to 17, Monday to Friday, UTC."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, item, person, units
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts

KPI = "closed_loop_48h"
UNITS = units({"acme": None, "care": "acme"})
ITEMS = [
    item("recommends", "recommend", audience="customer", scale_id="0-10"),
    item("rating", "satisfied", audience="customer"),
]
RUN_ON = dt.date(2026, 4, 30)


def bad(number: int, value: float = 3.0, question: str = "recommends", **more: object) -> dict[str, object]:
    """Customer `number` answers about ticket `number` on Monday 2 March at 9."""
    about = {"ticket_id": f"T{number}", "org_unit_id": "care", "answered_at": at(0)}
    return answer(100 + number, question, value, **(about | more))


def tables(answers: list[dict[str, object]], replies: list[dict[str, object]], **more: object) -> dict[str, object]:
    opened = [ticket(number, at(-3), requester_key=person(100 + number)) for number in range(10)]
    return {
        "org_unit": UNITS,
        "survey_item": ITEMS,
        "survey_response": answers,
        "ticket": opened,
        # The reply before the answer closes no loop, but shows that replies are recorded.
        "ticket_event": [event(0, at(-3, 10), "public_reply"), *replies],
    } | more


# 48 business hours from Monday 9:00 are six days of eight hours: they end on Monday 9 March at 17:00.
EXAMPLE = (
    [
        bad(0),
        bad(1),
        bad(2, 2.0, "rating"),
        bad(3),
        bad(4),
        bad(5, ticket_id=None, respondent_key=None, response_id="nobody knows"),
    ],
    [
        event(0, at(1), "public_reply"),
        event(1, at(4, 16), "public_reply", actor_role="unknown"),
        event(2, at(7, 16, 59), "public_reply"),
        event(3, at(10), "public_reply"),
    ],
)


def run(of: dict[str, object], on: dt.date = RUN_ON) -> dict[str, object]:
    return cell(computed(KPI, facts(on, **of)), "care")


def test_worked_example() -> None:
    care = run(tables(*EXAMPLE))
    assert (care["value"], care["numerator"], care["denominator"]) == (pytest.approx(0.6), 3, 5)
    assert care["coverage"] == pytest.approx(5 / 6)


@pytest.mark.parametrize(("minute", "closed"), [(0, 1.0), (1, 0.0)])
def test_the_48_hours_are_exact(minute: int, closed: float) -> None:
    # Until Monday 17:00; a minute later counts from Tuesday 9:00.
    moment = at(7, 17, 0) if minute == 0 else at(8, 9, minute)
    assert run(tables([bad(0)], [event(0, moment, "public_reply")]))["value"] == closed


@pytest.mark.parametrize(
    ("reply", "closes"),
    [
        (event(0, at(1), "public_reply", actor_role="bot"), False),
        (event(0, at(1), "public_reply", actor_role="requester"), False),
        (event(0, at(1), "private_note"), False),
        (event(0, at(0), "public_reply"), False),  # at the very moment: it cannot be about the answer
        (event(1, at(1), "public_reply"), False),  # another customer's ticket
        (event(0, at(1), "public_reply"), True),
    ],
)
def test_only_a_person_who_replies_to_the_customer_closes_it(reply: dict[str, object], closes: bool) -> None:
    assert run(tables([bad(0)], [reply]))["value"] == float(closes)


def test_another_ticket_of_the_customer_will_do() -> None:
    of = tables([bad(0)], [event(20, at(1), "public_reply")])
    of["ticket"] = [*of["ticket"], ticket(20, at(0, 12), requester_key=person(100))]
    assert run(of)["value"] == 1


@pytest.mark.parametrize(("opened_on", "reachable"), [(-3, True), (1, False)])
def test_who_becomes_a_customer_after_the_answer_was_out_of_reach(opened_on: int, reachable: bool) -> None:
    of = tables([bad(0), bad(20, ticket_id=None)], [event(0, at(1), "public_reply")])
    of["ticket"] = [*of["ticket"], ticket(20, at(opened_on), requester_key=person(120))]

    assert run(of)["denominator"] == 1 + reachable


def test_who_was_out_of_reach_and_got_a_reply_in_time_is_a_closed_loop() -> None:
    of = tables([bad(20, ticket_id=None)], [event(20, at(2), "public_reply")])
    of["ticket"] = [*of["ticket"], ticket(20, at(1), requester_key=person(120))]

    assert (run(of)["value"], run(of)["denominator"]) == (1, 1)


def test_good_answers_are_no_loops() -> None:
    assert computed(
        KPI, facts(RUN_ON, **tables([bad(0, 9.0), bad(1, 7.0), bad(2, 3.0, "rating")], []))
    ).cells.is_empty()


def test_a_questionnaire_with_two_bad_answers_is_one_loop() -> None:
    care = run(tables([bad(0), bad(0, 1.0, "rating")], [event(0, at(1), "public_reply")]))
    assert (care["value"], care["denominator"]) == (1.0, 1)


def test_a_quarter_waits_for_its_last_answers() -> None:
    late = tables([bad(0, answered_at=at(29, 9))], [])  # 31 March
    assert run(late, dt.date(2026, 4, 7))["state"] == "not_matured"
    assert run(late, dt.date(2026, 4, 30))["value"] == 0


def test_long_holidays_keep_a_quarter_waiting() -> None:
    # Open one hour a week: 48 hours of opening time are most of a year.
    of = facts(RUN_ON, **tables([bad(0)], []))
    slots = pl.DataFrame(of.context.working_slots.head(1)).with_columns(
        pl.lit(600).cast(pl.Int16).alias("closes_minute")
    )
    names = ("org_unit", "survey_item", "survey_response", "ticket", "ticket_event")
    rare = Facts({name: of.table(name) for name in names}, replace(of.context, working_slots=slots))
    assert cell(computed(KPI, rare), "care")["state"] == "not_matured"


def test_without_recorded_replies_it_says_so() -> None:
    of = tables([bad(0)], [], ticket_event=[event(0, at(-3), "status", "open")])
    company = cell(computed(KPI, facts(RUN_ON, **of)), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:public_reply")


def test_who_stands_behind_it() -> None:
    people = computed(KPI, facts(RUN_ON, **tables(*EXAMPLE))).people
    assert dict(people.group_by("role").len().iter_rows()) == {"respondents": 5, "agents": 5}


def test_nobody_asks_for_a_rating() -> None:
    company = cell(computed(KPI, facts(RUN_ON, **tables(*EXAMPLE, survey_item=[]))), "acme")
    assert company["flags"] == "missing:customer_survey:recommend|satisfied"


def test_one_more_and_none_closed_and_a_single_one() -> None:
    answers, replies = EXAMPLE
    assert run(tables([*answers, bad(6)], [*replies, event(6, at(1), "public_reply")]))["value"] == pytest.approx(4 / 6)
    assert run(tables(answers, []))["value"] == 0
    assert run(tables([bad(0)], []))["denominator"] == 1


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, tables(*EXAMPLE), RUN_ON)
