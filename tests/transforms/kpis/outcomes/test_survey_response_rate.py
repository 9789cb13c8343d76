"""Survey response rate, by hand: bounces and reminders count nothing, tickets count each."""

import datetime as dt

import pytest

from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, member, moment, units

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
MEMBERS = [member(number, "care") for number in range(12)]


def test_worked_example() -> None:
    sent = [invitation(number, is_delivered=number != 11) for number in range(12)]
    reminders = [invitation(number, invitation_id=f"again {number}") for number in (8, 9)]
    answers = [answer(number, "q", 4.0) for number in range(7)]
    result = computed(
        "survey_response_rate",
        facts(
            org_unit=UNITS,
            membership=MEMBERS,
            survey_item=[item("q", "why")],
            survey_response=answers,
            invitation=sent + reminders,
        ),
    )
    care = cell(result, "care", "employee")
    assert (care["numerator"], care["denominator"], care["value"]) == (7, 11, pytest.approx(7 / 11))
    assert result.people.height == 11


def test_a_customer_is_asked_about_each_ticket() -> None:
    sent = [invitation(1, invitation_id=t, ticket_id=t, org_unit_id="shop") for t in ("T1", "T2", "T3")]
    answers = [answer(1, "q", 4.0, response_id=t, ticket_id=t, org_unit_id="shop") for t in ("T1", "T2")]
    of = facts(
        org_unit=UNITS,
        survey_item=[item("q", "heard", audience="customer")],
        survey_response=answers,
        invitation=sent,
    )
    assert cell(computed("survey_response_rate", of), "shop", "customer")["value"] == pytest.approx(2 / 3)


def test_nobody_answered_is_zero_and_an_answer_in_the_next_quarter_is_late() -> None:
    of = facts(
        org_unit=UNITS,
        membership=MEMBERS,
        survey_item=[item("q", "why")],
        survey_response=[answer(0, "q", 4.0, answered_at=moment(dt.date(2026, 4, 1)))],
        invitation=[invitation(number) for number in range(6)],
    )
    assert cell(computed("survey_response_rate", of), "care", "employee")["value"] == 0.0


def test_without_invitations_the_source_is_missing() -> None:
    of = facts(org_unit=UNITS, survey_item=[item("q", "why")], survey_response=[answer(0, "q", 4.0)])
    assert cell(computed("survey_response_rate", of), "acme")["flags"] == "missing:invitation"
