"""Interest minus commitment, by hand: the same people, asked about company and vision, and about bad weather."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, member, moment, units

KPI = "interest_minus_commitment"
UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
ITEMS = [item("vision", "vision"), item("keeps", "promises")]
MEMBERS = [member(number, "care" if number < 6 else "shop") for number in range(40)]
Answers = dict[int, tuple[float | None, float | None]]


def asked(answers: Answers, **more: object) -> dict[str, object]:
    rows = [
        answer(number, question, value)
        for number, values in answers.items()
        for question, value in zip(("vision", "keeps"), values, strict=True)
    ]
    return {"org_unit": UNITS, "membership": MEMBERS, "survey_item": ITEMS, "survey_response": rows} | more


# Respondent   0 1 2 3 4 5 | 6 7 8 9
# vision       5 5 5 4 5 2 | 4 4 5 1     favourable (4 or 5): 0 1 2 3 4 6 7 8  = 8 of 10
# keeps        5 4 2 1 4 5 | 4 2 5 1     favourable: 0 1 4 5 6 8               = 6 of 10
EXAMPLE: Answers = dict(enumerate([(5, 5), (5, 4), (5, 2), (4, 1), (5, 4), (2, 5), (4, 4), (4, 2), (5, 5), (1, 1)]))


def test_worked_example() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE)))
    assert {unit: cell(result, unit)["value"] for unit in ("care", "shop", "acme")} == {
        "care": pytest.approx(5 / 6 - 4 / 6),
        "shop": pytest.approx(3 / 4 - 2 / 4),
        "acme": pytest.approx(8 / 10 - 6 / 10),
    }
    company = cell(result, "acme")
    # Three say only the first, one only the second: (4 - 2) / 12 -+ 1.96 * sqrt((6 / 12 - (2 / 12)^2) / 12).
    half = 1.959964 * ((6 / 12 - (2 / 12) ** 2) / 12) ** 0.5
    assert (company["ci_low"], company["ci_high"]) == (pytest.approx(1 / 6 - half), pytest.approx(1 / 6 + half))
    assert (company["denominator"], company["coverage"], company["n_events"]) == (10, 1.0, 20)
    assert company["interval_method"] == "paired_adjusted_wald"


def test_who_answered_one_side_is_not_compared() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE | {10: (5, None), 11: (None, 5)})))
    company = cell(result, "acme")
    assert (company["value"], company["denominator"]) == (pytest.approx(0.2), 10)
    assert company["coverage"] == pytest.approx(10 / 12)
    assert result.people["person_key"].n_unique() == 10


def test_items_of_a_side_are_averaged_before_they_are_judged() -> None:
    items = [*ITEMS, item("company", "company")]
    rows = [answer(0, question, value) for question, value in (("vision", 5.0), ("company", 2.0), ("keeps", 5.0))]
    result = computed(KPI, facts(**asked({}, survey_item=items, survey_response=rows)))
    # 3.5 is not favourable: not interested, but committed.
    assert cell(result, "care")["value"] == -1


def test_the_response_rate_stands_beside_it() -> None:
    sent = [invitation(number) for number in range(20)]
    company = cell(computed(KPI, facts(**asked(EXAMPLE, invitation=sent))), "acme")
    assert (company["response_rate"], company["flags"]) == (0.5, "low_response_rate")
    assert company["coverage"] == 1.0


def test_a_survey_that_asks_one_side_says_what_is_missing() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE, survey_item=ITEMS[:1])))
    company = cell(result, "acme")
    assert (company["state"], company["flags"]) == (
        "source_missing",
        "missing:employee_survey:values_when_inconvenient|promises",
    )


def test_without_respondents_nobody_can_be_paired() -> None:
    items = [row | {"has_respondent": False} for row in ITEMS]
    rows = [answer(None, "vision", 5.0, response_id="1"), answer(None, "keeps", 5.0, response_id="2")]
    result = computed(KPI, facts(**asked({}, survey_item=items, survey_response=rows)))
    company = cell(result, "acme")
    assert (company["state"], company["flags"], company["value"]) == ("source_missing", "missing:respondent", None)


def test_items_that_do_not_belong_together_make_no_index() -> None:
    # 36 people; company and vision contradict one another, so alpha of that side is negative.
    items = [*ITEMS, item("company", "company")]
    rows = [
        answer(number, question, value)
        for number in range(36)
        for question, value in (("vision", 5.0 - number % 4), ("company", 1.0 + number % 4), ("keeps", 4.0))
    ]
    company = cell(computed(KPI, facts(**asked({}, survey_item=items, survey_response=rows))), "acme")
    assert (company["state"], company["value"], company["flags"]) == ("not_enough_data", None, "low_alpha")


def test_quarters_are_apart() -> None:
    rows = [
        answer(0, question, value, response_id=f"{on}", answered_at=moment(on))
        for on, values in ((dt.date(2026, 3, 31), (5.0, 1.0)), (dt.date(2026, 4, 1), (5.0, 5.0)))
        for question, value in zip(("vision", "keeps"), values, strict=True)
    ]
    result = computed(KPI, facts(dt.date(2026, 7, 31), **asked({}, survey_response=rows)))
    assert [cell(result, "care", start=dt.date(2026, month, 1))["value"] for month in (1, 4)] == [1.0, 0.0]


def test_nobody_favourable_is_no_gap() -> None:
    company = cell(computed(KPI, facts(**asked(dict.fromkeys(range(10), (1.0, 2.0))))), "acme")
    assert company["value"] == 0
    assert company["ci_low"] < 0 < company["ci_high"]


def test_no_answers_no_cells() -> None:
    assert computed(KPI, facts(**asked({}))).cells.is_empty()


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(EXAMPLE, invitation=[invitation(number) for number in range(12)]))


POINTS = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.integers(0, 11), st.tuples(POINTS, POINTS), min_size=1))
def test_by_counting_and_one_more_person(answers: Answers) -> None:
    before = cell(computed(KPI, facts(**asked(answers))), "acme")
    gap = sum((first >= 4) - (second >= 4) for first, second in answers.values())
    assert before["value"] == pytest.approx(gap / len(answers))
    assert before["ci_low"] <= before["value"] <= before["ci_high"]
    more = cell(computed(KPI, facts(**asked(answers | {30: (5.0, 1.0)}))), "acme")
    assert more["value"] == pytest.approx((gap + 1) / (len(answers) + 1))


def test_a_single_person_has_a_number_before_disclosure() -> None:
    result = computed(KPI, facts(**asked({0: (5.0, 1.0)})))
    care = cell(result, "care")
    assert (care["value"], care["ci_high"]) == (1.0, 1.0)
    assert result.people.filter(pl.col("org_unit_id") == "care").height == 1
