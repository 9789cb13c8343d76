"""Employee net promoter score, by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, member, units

KPI = "enps"
UNITS = units({"acme": None, "care": "acme"})
ITEM = item("recommends", "recommend_as_employer", scale_id="0-10")
MEMBERS = [member(number, "care") for number in range(80)]
EXAMPLE = [9.0, 10.0] * 7 + [7.0, 8.0] * 8 + [0.0, 6.0] * 5


def asked(values: list[float], **more: object) -> dict[str, object]:
    rows = [answer(number, "recommends", value) for number, value in enumerate(values)]
    return {"org_unit": UNITS, "membership": MEMBERS, "survey_item": [ITEM], "survey_response": rows} | more


def test_worked_example() -> None:
    care = cell(computed(KPI, facts(**asked(EXAMPLE))), "care")
    assert (care["value"], care["numerator"], care["denominator"]) == (pytest.approx(0.1), 4, 40)
    assert care["ci_low"] < 0.1 < care["ci_high"]


def test_the_silent_are_detractors_or_promoters() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE, invitation=[invitation(number) for number in range(50)])))
    assert cell(result, "care", "worst_case_low")["value"] == pytest.approx((14 - 20) / 50)
    assert cell(result, "care", "worst_case_high")["value"] == pytest.approx((24 - 10) / 50)


def test_silent_under_thirty() -> None:
    for values in ([10.0] * 29, [10.0]):
        care = cell(computed(KPI, facts(**asked(values))), "care")
        assert (care["state"], care["value"], care["flags"]) == ("not_enough_data", None, "fewer_than_30_answers")


def test_customers_are_another_matter_and_so_is_nobody() -> None:
    company = cell(computed(KPI, facts(**asked(EXAMPLE, survey_item=[ITEM | {"audience": "customer"}]))), "acme")
    assert company["flags"] == "missing:employee_survey:recommend_as_employer"
    assert computed(KPI, facts(**asked([]))).cells.is_empty()


def test_another_scale_makes_no_net_score() -> None:
    assert computed(KPI, facts(**asked([5.0] * 40, survey_item=[ITEM | {"scale_id": "1-5"}]))).cells.is_empty()


def test_nobody_recommends() -> None:
    care = cell(computed(KPI, facts(**asked([0.0] * 30))), "care")
    assert (care["value"], care["ci_low"]) == (-1, -1)
    assert care["ci_high"] > -1


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(EXAMPLE))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=30, max_size=50))
def test_by_counting_and_one_more_person(values: list[int]) -> None:
    net = sum(value >= 9 for value in values) - sum(value <= 6 for value in values)
    points = [float(value) for value in values]
    assert cell(computed(KPI, facts(**asked(points))), "care")["value"] == pytest.approx(net / len(values))
    more = cell(computed(KPI, facts(**asked([*points, 10.0]))), "care")
    assert more["value"] == pytest.approx((net + 1) / (len(values) + 1))
