"""Authority gap, by hand: authority as people feel it, and as tickets show it."""

import datetime as dt

import pytest

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, item, member, units
from tests.transforms.sample_tickets import at, event, ticket

KPI = "authority_gap"
UNITS = units({"acme": None, "care": "acme"})
ITEM = item("I may", "authority")
MEMBERS = [member(number, "care") for number in range(30)]
RUN_ON = dt.date(2026, 4, 30)


def tables(felt: tuple[int, int], used: tuple[int, int], **more: object) -> dict[str, object]:
    """Employees: favourable, others. Solved tickets: on own authority, after an escalation."""
    rows = [answer(number, "I may", 5.0 if number < felt[0] else 2.0) for number in range(sum(felt))]
    events = []
    for number in range(sum(used)):
        events += [event(number, at(0), "status", "open"), event(number, at(1), "status", "solved")]
        if number >= used[0]:
            events.append(event(number, at(0, 12), "escalation"))
    # An escalation somewhere, so that the source is known to record them.
    events += [event(900, at(-80), "status", "open"), event(900, at(-80, 12), "escalation")]
    return {
        "org_unit": UNITS,
        "membership": MEMBERS,
        "survey_item": [ITEM],
        "survey_response": rows,
        "ticket": [ticket(number, status="solved") for number in range(sum(used))] + [ticket(900, at(-80))],
        "ticket_event": events,
    } | more


EXAMPLE = ((15, 5), (36, 24))


def run(of: dict[str, object], unit: str = "care") -> dict[str, object]:
    return cell(computed(KPI, facts(RUN_ON, **of)), unit)


def test_worked_example() -> None:
    care = run(tables(*EXAMPLE))
    assert (care["value"], care["denominator"], care["n_events"]) == (pytest.approx(0.15), 80, 80)
    assert care["ci_low"] < 0.15 < care["ci_high"]


def test_employees_and_agents_both_stand_behind_it() -> None:
    people = computed(KPI, facts(RUN_ON, **tables(*EXAMPLE))).people
    assert dict(people.group_by("role").len().iter_rows()) == {"members": 20, "respondents": 6}


def test_the_quarter_waits_for_the_reopens() -> None:
    result = computed(KPI, facts(dt.date(2026, 4, 10), **tables(*EXAMPLE)))
    assert cell(result, "care")["state"] == "not_matured"


def test_a_reopened_ticket_was_not_solved_on_own_authority() -> None:
    of = tables(*EXAMPLE)
    of["ticket_event"] = [*of["ticket_event"], event(0, at(5), "status", "open")]
    assert run(of)["value"] == pytest.approx(15 / 20 - 35 / 60)


def test_what_is_missing_is_named() -> None:
    company = run(tables(*EXAMPLE, survey_item=[ITEM | {"construct": "fun"}]), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:employee_survey:authority")
    of = tables(*EXAMPLE)
    of["ticket_event"] = [row for row in of["ticket_event"] if row["event_type"] != "escalation"]
    assert run(of, "acme")["state"] == "source_missing"


def test_few_employees_make_no_gap() -> None:
    assert run(tables((3, 1), (36, 24)))["flags"] == "side_too_small"


def test_nobody_may_and_nobody_does() -> None:
    # Ten people of one mind, beside a share of tickets that everybody can read: the gap would say what they answered.
    care = run(tables((0, 10), (0, 10)))
    assert (care["state"], care["value"], care["flags"]) == ("not_enough_data", None, "side_nearly_unanimous")
    assert run(tables((2, 8), (0, 10)))["value"] == pytest.approx(0.2)


def test_one_more_a_single_one_and_nobody() -> None:
    assert run(tables((16, 5), (36, 24)))["value"] == pytest.approx(16 / 21 - 0.6)
    assert run(tables((1, 0), (1, 0)))["state"] == "not_enough_data"
    assert computed(KPI, facts(RUN_ON, **tables((0, 0), (0, 0)))).cells.is_empty()


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, tables(*EXAMPLE), RUN_ON)
