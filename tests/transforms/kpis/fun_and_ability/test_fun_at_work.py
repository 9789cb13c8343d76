"""Fun at work, by hand: employees who enjoy it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, member, units

KPI = "fun_at_work"
UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
ITEM = item("fun", "fun")
MEMBERS = [member(number, "care" if number < 12 else "shop") for number in range(24)]
EXAMPLE = [5.0] * 4 + [4.0] * 4 + [3.0] * 3 + [1.0]


def asked(values: list[float], **more: object) -> dict[str, object]:
    rows = [answer(number, "fun", value) for number, value in enumerate(values)]
    return {"org_unit": UNITS, "membership": MEMBERS, "survey_item": [ITEM], "survey_response": rows} | more


def test_worked_example() -> None:
    care = cell(computed(KPI, facts(**asked(EXAMPLE))), "care")
    assert (care["value"], care["numerator"], care["denominator"]) == (pytest.approx(8 / 12), 8, 12)


def test_the_silent_bound_the_worst_case() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE, invitation=[invitation(number) for number in range(24)])))
    assert cell(result, "acme", "worst_case_low")["value"] == pytest.approx(8 / 24)
    assert cell(result, "acme", "worst_case_high")["value"] == pytest.approx(20 / 24)
    assert cell(result, "acme")["response_rate"] == 0.5


def test_nobody_asks_and_nobody_answers() -> None:
    company = cell(computed(KPI, facts(**asked([], survey_item=[ITEM | {"construct": "team"}]))), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:employee_survey:fun")
    assert computed(KPI, facts(**asked([]))).cells.is_empty()


def test_a_single_person_and_all_zero() -> None:
    assert cell(computed(KPI, facts(**asked([5.0]))), "care")["value"] == 1
    glum = cell(computed(KPI, facts(**asked([1.0] * 8))), "care")
    assert (glum["value"], glum["ci_low"]) == (0, 0)
    assert glum["ci_high"] > 0


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(EXAMPLE))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([1.0, 3.0, 4.0, 5.0]), min_size=1, max_size=11))
def test_by_counting_and_one_more_person(values: list[float]) -> None:
    enjoying = sum(value >= 4 for value in values)
    assert cell(computed(KPI, facts(**asked(values))), "care")["value"] == pytest.approx(enjoying / len(values))
    more = cell(computed(KPI, facts(**asked([*values, 5.0]))), "care")
    assert (more["numerator"], more["denominator"]) == (enjoying + 1, len(values) + 1)
