"""Same direction, by hand: agreement on one mission."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, member, units

KPI = "same_direction"
UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
ITEM = item("mission", "one_mission")
MEMBERS = [member(number, "care" if number < 20 else "shop") for number in range(40)]
EXAMPLE = [4.0] * 6 + [5.0] * 3 + [3.0]


def asked(values: list[float], first: int = 0, **more: object) -> dict[str, object]:
    rows = [answer(first + number, "mission", value) for number, value in enumerate(values)]
    return {"org_unit": UNITS, "membership": MEMBERS, "survey_item": [ITEM], "survey_response": rows} | more


def test_worked_example() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE)))
    care, mean = cell(result, "care"), cell(result, "care", "mean")
    assert (care["value"], mean["value"]) == (pytest.approx(0.8), pytest.approx(4.2))
    assert (care["denominator"], mean["denominator"]) == (10, 10)
    assert 0 <= care["ci_low"] < 0.8 < care["ci_high"] <= 1


def test_a_unit_disagrees_although_its_teams_agree() -> None:
    far = [answer(20 + number, "mission", 1.0) for number in range(10)]
    tables = asked([5.0] * 10)
    result = computed(KPI, facts(**(tables | {"survey_response": [*tables["survey_response"], *far]})))
    assert [cell(result, unit)["value"] for unit in ("care", "shop", "acme")] == [1.0, 1.0, 0.0]


def test_under_ten_it_is_silent_mean_and_all() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE[:9], invitation=[invitation(number) for number in range(12)])))
    for component in ("main", "mean"):
        silent = cell(result, "care", component)
        assert (silent["state"], silent["value"], silent["flags"]) == ("not_enough_data", None, "fewer_than_10_answers")
        assert silent["response_rate"] is None


def test_the_length_of_the_scale_counts() -> None:
    seven = ITEM | {"scale_id": "1-7"}
    care = cell(computed(KPI, facts(**asked(EXAMPLE, survey_item=[seven]))), "care")
    assert care["value"] == pytest.approx(1 - 0.4 / 4)


def test_items_are_pooled_and_not_averaged() -> None:
    # One item asks for 5 where the other asks for 1, of the same ten people: each varies by its own, none agrees more.
    again = [answer(number, "direction", 6 - value) for number, value in enumerate(EXAMPLE)]
    tables = asked(EXAMPLE, survey_item=[ITEM, item("direction", "one_mission")])
    result = computed(KPI, facts(**(tables | {"survey_response": [*tables["survey_response"], *again]})))
    assert cell(result, "care")["value"] == pytest.approx(0.8)
    assert cell(result, "care", "mean")["value"] == pytest.approx(3.0)


def test_scales_of_two_lengths_have_no_mean() -> None:
    again = [answer(number, "direction", value) for number, value in enumerate(EXAMPLE)]
    tables = asked(EXAMPLE, survey_item=[ITEM, item("direction", "one_mission", scale_id="1-7")])
    result = computed(KPI, facts(**(tables | {"survey_response": [*tables["survey_response"], *again]})))
    assert cell(result, "care")["value"] == pytest.approx(1 - (0.4 / 2 + 0.4 / 4) / 2)
    mean = cell(result, "care", "mean")
    assert (mean["state"], mean["flags"]) == ("not_enough_data", "mixed_scales")


def test_answers_without_people_are_counted_as_answers() -> None:
    rows = [answer(None, "mission", value, response_id=str(row)) for row, value in enumerate(EXAMPLE)]
    result = computed(KPI, facts(**asked([], survey_item=[ITEM | {"has_respondent": False}], survey_response=rows)))
    assert cell(result, "acme")["value"] == pytest.approx(0.8)
    assert result.crowd["n_people"].unique().to_list() == [10]


def test_nobody_asks_and_nobody_answers() -> None:
    company = cell(computed(KPI, facts(**asked([], survey_item=[ITEM | {"construct": "fun"}]))), "acme")
    assert company["flags"] == "missing:employee_survey:one_mission"
    assert computed(KPI, facts(**asked([]))).cells.is_empty()


def test_a_single_person() -> None:
    assert cell(computed(KPI, facts(**asked([5.0]))), "care")["state"] == "not_enough_data"


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(EXAMPLE))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0]), min_size=10, max_size=19))
def test_by_the_formula_and_one_more_person(values: list[float]) -> None:
    for answers in (values, [*values, 5.0]):
        got = computed(KPI, facts(**asked(answers)))
        assert cell(got, "care")["value"] == pytest.approx(max(0.0, 1 - np.var(answers, ddof=1) / 2), abs=1e-9)
        assert cell(got, "care", "mean")["value"] == pytest.approx(np.mean(answers))
        assert got.people.filter(pl.col("component") == "main").height == len(answers)
