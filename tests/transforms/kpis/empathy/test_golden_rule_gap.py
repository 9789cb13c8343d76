"""Golden rule gap, by hand: what employees believe and what customers felt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, member, units

KPI = "golden_rule_gap"
UNITS = units({"acme": None, "care": "acme", "post": "acme"})
BELIEVE = item("they feel heard", "heard")
FEEL = item("I felt heard", "heard", audience="customer", survey_id="after")
MEMBERS = [member(number, "care" if number < 20 else "post") for number in range(30)]


def asked(believe: list[float], feel: list[float], **more: object) -> dict[str, object]:
    rows = [answer(number, "they feel heard", value) for number, value in enumerate(believe)]
    rows += [
        answer(100 + number, "I felt heard", value, survey_id="after", org_unit_id="care")
        for number, value in enumerate(feel)
    ]
    return {"org_unit": UNITS, "membership": MEMBERS, "survey_item": [BELIEVE, FEEL], "survey_response": rows} | more


EXAMPLE = ([5.0] * 8 + [3.0] * 2, [4.0] * 26 + [1.0] * 14)


def test_worked_example() -> None:
    care = cell(computed(KPI, facts(**asked(*EXAMPLE))), "care")
    assert (care["value"], care["denominator"], care["n_events"]) == (pytest.approx(0.15), 50, 50)
    newcombe = confint_proportions_2indep(8, 10, 26, 40, method="newcomb", compare="diff")
    assert (care["ci_low"], care["ci_high"]) == pytest.approx(newcombe)


def test_both_sides_are_people_of_their_own() -> None:
    people = computed(KPI, facts(**asked(*EXAMPLE))).people
    assert dict(people.group_by("role").len().iter_rows()) == {"members": 10, "respondents": 40}


def test_a_customer_counts_once() -> None:
    again = [
        answer(100, "I felt heard", 1.0, survey_id="after", org_unit_id="care", response_id=f"r{n}", ticket_id=f"T{n}")
        for n in range(3)
    ]
    tables = asked(*EXAMPLE)
    care = cell(computed(KPI, facts(**(tables | {"survey_response": [*tables["survey_response"], *again]}))), "care")
    # Three more bad occasions of a customer who was favourable once: 1/4 instead of 1.
    assert care["value"] == pytest.approx(0.8 - 25.25 / 40)


def test_a_side_under_the_minimum_group_makes_no_gap() -> None:
    for believe, feel in ((EXAMPLE[0][:4], EXAMPLE[1]), (EXAMPLE[0], EXAMPLE[1][:4])):
        care = cell(computed(KPI, facts(**asked(believe, feel))), "care")
        assert (care["state"], care["value"], care["flags"]) == ("not_enough_data", None, "side_too_small")


def test_a_unit_without_customers_has_no_gap() -> None:
    post = [answer(20 + number, "they feel heard", 5.0) for number in range(8)]
    tables = asked(*EXAMPLE)
    result = computed(KPI, facts(**(tables | {"survey_response": [*tables["survey_response"], *post]})))
    assert cell(result, "post")["flags"] == "side_too_small"
    assert cell(result, "acme")["value"] == pytest.approx(16 / 18 - 26 / 40)


def test_the_response_rate_is_that_of_the_side_fewer_answered() -> None:
    sent = [invitation(number) for number in range(20)]
    sent += [invitation(100 + number, survey_id="after", org_unit_id="care") for number in range(200)]
    care = cell(computed(KPI, facts(**asked(*EXAMPLE, invitation=sent))), "care")
    assert (care["response_rate"], care["flags"]) == (pytest.approx(40 / 200), "low_response_rate")


@pytest.mark.parametrize("missing", ["employee_survey", "customer_survey"])
def test_a_survey_that_does_not_ask_is_named(missing: str) -> None:
    items = [FEEL if missing == "employee_survey" else BELIEVE]
    company = cell(computed(KPI, facts(**asked(*EXAMPLE, survey_item=items))), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", f"missing:{missing}:heard")


def test_a_side_nobody_answered_is_named_in_the_company() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE[0], [])))
    assert (cell(result, "acme")["state"], cell(result, "acme")["flags"]) == ("source_missing", "missing:other_side")
    assert cell(result, "care")["flags"] == "side_too_small"


def test_answers_without_people_cannot_be_protected() -> None:
    nameless = FEEL | {"has_respondent": False}
    company = cell(computed(KPI, facts(**asked(*EXAMPLE, survey_item=[BELIEVE, nameless]))), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:respondent")


def test_nobody_and_all_zero() -> None:
    assert computed(KPI, facts(**asked([], []))).cells.is_empty()
    care = cell(computed(KPI, facts(**asked([1.0] * 6, [1.0] * 6))), "care")
    assert (care["state"], care["value"], care["flags"]) == ("not_enough_data", None, "side_nearly_unanimous")


@pytest.mark.parametrize(
    ("favourable", "told"), [((10, 26), False), ((9, 26), False), ((8, 26), True), ((8, 40), False), ((2, 60), True)]
)
def test_a_small_side_of_one_mind_is_not_told(favourable: tuple[int, int], told: bool) -> None:
    believe, feel = favourable
    customers = max(feel, 40)
    care = cell(
        computed(
            KPI, facts(**asked([5.0] * believe + [1.0] * (10 - believe), [5.0] * feel + [1.0] * (customers - feel)))
        ),
        "care",
    )
    assert (care["state"] == "published") is told


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(*EXAMPLE))


POINTS = st.lists(st.sampled_from([1.0, 3.0, 4.0, 5.0]), min_size=5, max_size=15)


@settings(max_examples=10, deadline=None)
@given(POINTS, POINTS)
def test_by_counting_and_one_more_person(believe: list[float], feel: list[float]) -> None:
    def share(values: list[float]) -> float:
        return sum(value >= 4 for value in values) / len(values)

    for first, second in ((believe, feel), ([*believe, 5.0], feel), (believe, [*feel, 5.0])):
        care = cell(computed(KPI, facts(**asked(first, second))), "care")
        if care["state"] == "published":
            assert care["value"] == pytest.approx(share(first) - share(second))
            assert care["ci_low"] <= care["value"] <= care["ci_high"]
        else:
            assert care["flags"] == "side_nearly_unanimous"
            assert min(*map(share, (first, second)), *(1 - share(side) for side in (first, second))) <= 0.2 + 0.005
