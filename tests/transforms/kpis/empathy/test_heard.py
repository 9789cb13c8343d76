"""Heard, by hand: customers who felt listened to, each counted once."""

import datetime as dt

import pytest

from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, moment, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
ITEM = item("listened", "heard", audience="customer")


def ratings(*given: tuple[int, str, float], **more: object) -> Facts:
    rows = [
        answer(customer, "listened", value, response_id=str(row), ticket_id=f"T{row}", org_unit_id=unit)
        for row, (customer, unit, value) in enumerate(given)
    ]
    return facts(org_unit=UNITS, survey_item=[ITEM], survey_response=rows, **more)  # type: ignore[arg-type]


EXAMPLE = [(1, "care", 5.0), (1, "care", 2.0), (2, "care", 4.0), (3, "care", 5.0), (4, "care", 5.0), (5, "care", 3.0)]


def test_worked_example() -> None:
    care = cell(computed("heard", ratings(*EXAMPLE)), "care")
    assert (care["value"], care["denominator"], care["n_events"]) == (pytest.approx(3.5 / 5), 5, 6)


def test_a_customer_of_two_teams_is_one_customer_of_the_company() -> None:
    result = computed("heard", ratings((1, "care", 5.0), (1, "shop", 2.0)))
    assert [cell(result, unit)["value"] for unit in ("care", "shop", "acme")] == [1.0, 0.0, 0.5]
    assert cell(result, "acme")["denominator"] == 1


def test_silent_customers_bound_the_worst_case() -> None:
    sent = [invitation(customer, org_unit_id="care") for customer in range(1, 11)]
    result = computed("heard", ratings(*EXAMPLE, invitation=sent))
    assert cell(result, "care", "worst_case_low")["value"] == pytest.approx(3.5 / 10)
    assert cell(result, "care", "worst_case_high")["value"] == pytest.approx(8.5 / 10)
    assert cell(result, "care")["response_rate"] == pytest.approx(0.5)


def test_two_items_about_one_ticket_are_averaged_before_they_are_judged() -> None:
    items = [ITEM, item("understood", "heard", audience="customer")]
    # About T1 a mean of 4 (favourable), about T2 one of 3.5 (not): half a favourable customer.
    points = {("T1", "listened"): 5.0, ("T1", "understood"): 3.0, ("T2", "listened"): 4.0, ("T2", "understood"): 3.0}
    rows = [
        answer(1, question, value, response_id=f"{ticket} {question}", ticket_id=ticket, org_unit_id="care")
        for (ticket, question), value in points.items()
    ]
    result = computed("heard", facts(org_unit=UNITS, survey_item=items, survey_response=rows))
    assert (cell(result, "care")["value"], cell(result, "care")["n_events"]) == (0.5, 4)


def test_what_employees_think_customers_feel_does_not_count() -> None:
    of = facts(
        org_unit=UNITS, survey_item=[ITEM | {"audience": "employee"}], survey_response=[answer(1, "listened", 5.0)]
    )
    company = cell(computed("heard", of), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:customer_survey:heard")


def test_quarters_are_apart() -> None:
    rows = [
        answer(1, "listened", value, response_id=str(value), org_unit_id="care", answered_at=moment(on))
        for value, on in ((5.0, dt.date(2026, 3, 31)), (1.0, dt.date(2026, 4, 1)))
    ]
    of = facts(dt.date(2026, 7, 31), org_unit=UNITS, survey_item=[ITEM], survey_response=rows)
    result = computed("heard", of)
    assert [cell(result, "care", start=dt.date(2026, month, 1))["value"] for month in (1, 4)] == [1.0, 0.0]


def test_a_single_unhappy_customer_is_a_zero_before_disclosure() -> None:
    care = cell(computed("heard", ratings((1, "care", 1.0))), "care")
    assert (care["value"], care["ci_low"]) == (0.0, 0.0)
    assert care["ci_high"] < 1
