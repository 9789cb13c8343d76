"""Good return, by hand: customers who would come again, each counted once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, units

KPI = "good_return"
UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
ITEM = item("again", "would_return", audience="customer")


def asked(*given_by: tuple[int, str, float], **more: object) -> dict[str, object]:
    rows = [
        answer(customer, "again", value, response_id=str(row), ticket_id=f"T{row}", org_unit_id=unit)
        for row, (customer, unit, value) in enumerate(given_by)
    ]
    return {"org_unit": UNITS, "survey_item": [ITEM], "survey_response": rows} | more


EXAMPLE = [(1, "care", 5.0), (1, "care", 3.0), (2, "care", 5.0), (3, "care", 4.0), (4, "care", 4.0), (5, "care", 2.0)]


def test_worked_example() -> None:
    care = cell(computed(KPI, facts(**asked(*EXAMPLE))), "care")
    assert (care["value"], care["denominator"], care["n_events"]) == (pytest.approx(0.7), 5, 6)
    assert care["interval_method"] == "wilson"


def test_the_silent_bound_the_worst_case() -> None:
    sent = [invitation(customer, org_unit_id="care") for customer in range(1, 11)]
    result = computed(KPI, facts(**asked(*EXAMPLE, invitation=sent)))
    assert cell(result, "care", "worst_case_low")["value"] == pytest.approx(3.5 / 10)
    assert cell(result, "care", "worst_case_high")["value"] == pytest.approx(8.5 / 10)


def test_every_node_from_its_own_customers() -> None:
    result = computed(KPI, facts(**asked((1, "care", 5.0), (1, "shop", 1.0), (2, "shop", 5.0))))
    assert [cell(result, unit)["value"] for unit in ("care", "shop", "acme")] == [1.0, 0.5, 0.75]


def test_nobody_asks() -> None:
    company = cell(computed(KPI, facts(**asked(survey_item=[ITEM | {"construct": "heard"}]))), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:customer_survey:would_return")


def test_no_answers_no_cells() -> None:
    assert computed(KPI, facts(**asked())).cells.is_empty()


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(*EXAMPLE))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0]), min_size=1, max_size=20))
def test_by_counting_and_one_more_customer(points: list[float]) -> None:
    rows = [(number, "care", value) for number, value in enumerate(points)]
    good = sum(value >= 4 for value in points)
    assert cell(computed(KPI, facts(**asked(*rows))), "care")["value"] == pytest.approx(good / len(points))
    more = cell(computed(KPI, facts(**asked(*rows, (99, "care", 5.0)))), "care")
    assert more["value"] == pytest.approx((good + 1) / (len(points) + 1))
