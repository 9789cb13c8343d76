"""Customer effort score, by hand: share and mean of the same answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, units

KPI = "ces"
UNITS = units({"acme": None, "care": "acme"})
ITEM = item("easy", "effort", audience="customer", scale_id="1-7")
EXAMPLE = [7.0, 6.0, 6.0, 5.0, 2.0]


def asked(values: list[float], **more: object) -> dict[str, object]:
    rows = [answer(number, "easy", value, org_unit_id="care") for number, value in enumerate(values)]
    return {"org_unit": UNITS, "survey_item": [ITEM], "survey_response": rows} | more


def test_worked_example() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE)))
    assert (cell(result, "care")["value"], cell(result, "care", "mean")["value"]) == (
        pytest.approx(0.6),
        pytest.approx(5.2),
    )
    assert cell(result, "care")["interval_method"] == "wilson"


def test_the_silent_bound_the_share_and_not_the_mean() -> None:
    sent = [invitation(number, org_unit_id="care") for number in range(10)]
    result = computed(KPI, facts(**asked(EXAMPLE, invitation=sent)))
    low, high = (cell(result, "care", f"worst_case_{side}")["value"] for side in ("low", "high"))
    assert (low, high) == (pytest.approx(0.3), pytest.approx(0.8))
    assert cell(result, "care", "mean")["response_rate"] == 0.5


def test_a_customer_with_two_tickets_is_one() -> None:
    rows = [
        answer(1, "easy", value, response_id=ticket, ticket_id=ticket, org_unit_id="care")
        for ticket, value in (("T1", 7.0), ("T2", 1.0))
    ]
    result = computed(KPI, facts(**asked([], survey_response=rows)))
    assert (cell(result, "care")["value"], cell(result, "care", "mean")["value"]) == (0.5, 4.0)


def test_two_scales_have_a_share_and_no_mean() -> None:
    items = [ITEM, item("easy", "effort", audience="customer", survey_id="chat")]
    tables = asked(EXAMPLE, survey_item=items)
    more = [answer(9, "easy", 5.0, survey_id="chat", org_unit_id="care")]
    result = computed(KPI, facts(**(tables | {"survey_response": [*tables["survey_response"], *more]})))
    assert cell(result, "care")["value"] == pytest.approx(4 / 6)
    mean = cell(result, "care", "mean")
    assert (mean["state"], mean["value"], mean["flags"]) == ("not_enough_data", None, "mixed_scales")


def test_nobody_asks_and_nobody_answers() -> None:
    company = cell(computed(KPI, facts(**asked([], survey_item=[ITEM | {"construct": None}]))), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:customer_survey:effort")
    assert computed(KPI, facts(**asked([]))).cells.is_empty()


def test_a_single_customer_and_all_zero() -> None:
    assert cell(computed(KPI, facts(**asked([7.0]))), "care")["value"] == 1
    assert cell(computed(KPI, facts(**asked([1.0] * 6))), "care")["value"] == 0


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(EXAMPLE))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=15))
def test_by_counting_and_one_more_customer(values: list[int]) -> None:
    for points in (values, [*values, 7]):
        result = computed(KPI, facts(**asked([float(value) for value in points])))
        assert cell(result, "care")["value"] == pytest.approx(sum(value >= 6 for value in points) / len(points))
        assert cell(result, "care", "mean")["value"] == pytest.approx(sum(points) / len(points))
