"""Line of sight, by hand: respondents whose mean over both items is favourable."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, member, moment, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
ITEMS = [item("matters", "why_my_job_matters"), item("difference", "difference_i_make")]
MEMBERS = [member(number, "care" if number < 6 else "shop") for number in range(12)]
Answers = dict[int, tuple[float | None, float | None]]


def asked(answers: Answers, *, invited: int | None = None, **more: object) -> Facts:
    rows = [
        answer(number, question, value)
        for number, values in answers.items()
        for question, value in zip(("matters", "difference"), values, strict=True)
    ]
    tables = {"survey_item": ITEMS} | more
    if invited is not None:
        tables["invitation"] = [invitation(number) for number in range(invited)]
    return facts(org_unit=UNITS, membership=MEMBERS, survey_response=rows, **tables)  # type: ignore[arg-type]


# Respondent   0 1 2 3 4 | 6 7
# matters      5 4 5 2 - | 1 5       mean 4 or more is favourable: 0, 2, 4 of care's five, 7 of shop's two
# difference   3 3 5 2 4 | 2 5
EXAMPLE: Answers = {0: (5, 3), 1: (4, 3), 2: (5, 5), 3: (2, 2), 4: (None, 4), 6: (1, 2), 7: (5, 5)}


def test_worked_example() -> None:
    result = computed("line_of_sight", asked(EXAMPLE))
    assert {unit: cell(result, unit)["value"] for unit in ("care", "shop", "acme")} == {
        "care": pytest.approx(3 / 5),
        "shop": pytest.approx(1 / 2),
        "acme": pytest.approx(4 / 7),
    }
    care = cell(result, "care")
    assert (care["numerator"], care["denominator"], care["n_events"]) == (3, 5, 9)
    # Wilson's interval of 3 in 5, from its textbook formula.
    assert (care["ci_low"], care["ci_high"]) == (pytest.approx(0.2307, abs=1e-4), pytest.approx(0.8824, abs=1e-4))


def test_the_worst_case_is_bounded_by_those_who_did_not_answer() -> None:
    result = computed("line_of_sight", asked(EXAMPLE, invited=12))
    # 4 of 7 favourable, 5 of 12 silent: between 4 / 12 and 9 / 12.
    assert cell(result, "acme", "worst_case_low")["value"] == pytest.approx(4 / 12)
    assert cell(result, "acme", "worst_case_high")["value"] == pytest.approx(9 / 12)
    company = cell(result, "acme")
    assert (company["response_rate"], company["flags"]) == (pytest.approx(7 / 12), "low_response_rate")
    assert cell(result, "care")["flags"] is None


def test_without_invitations_there_is_no_rate_and_no_worst_case() -> None:
    result = computed("line_of_sight", asked(EXAMPLE))
    assert result.cells["component"].unique().to_list() == ["main"]
    assert cell(result, "acme")["response_rate"] is None


def test_the_people_are_those_who_answered() -> None:
    people = computed("line_of_sight", asked(EXAMPLE, invited=12)).people
    assert people.filter(pl.col("org_unit_id") == "care").group_by("component").len()["len"].to_list() == [5, 5, 5]


def test_a_team_nobody_answered_in_tells_nothing() -> None:
    result = computed("line_of_sight", asked({0: (5, 5)}, invited=12))
    shop = cell(result, "shop")
    assert (shop["state"], shop["value"], shop["response_rate"], shop["flags"]) == ("not_enough_data", None, None, None)


def test_items_of_different_scales_are_averaged_as_shares_of_their_scale() -> None:
    items = [ITEMS[0], item("difference", "difference_i_make", scale_id="1-7")]
    # 5 of 5 is a quarter scale above favourable (4), 5 of 7 a sixth under it (6): favourable in the mean.
    above = computed("line_of_sight", asked({0: (5, 5), 1: (4, 5)}, survey_item=items))
    assert cell(above, "care")["numerator"] == 1


def test_a_respondent_with_two_answers_in_the_quarter_counts_once() -> None:
    again = [
        answer(0, "matters", value, response_id=f"wave {value}", answered_at=moment(dt.date(2026, 1, 10)))
        for value in (5.0, 2.0)
    ]
    of = facts(org_unit=UNITS, membership=MEMBERS, survey_item=ITEMS, survey_response=again)
    assert (
        cell(computed("line_of_sight", of), "care")["denominator"],
        cell(computed("line_of_sight", of), "care")["value"],
    ) == (1, 0.0)


def test_without_respondent_ids_two_items_cannot_be_paired() -> None:
    items = [row | {"has_respondent": False} for row in ITEMS]
    rows = [answer(None, "matters", 5.0, response_id="1"), answer(None, "difference", 5.0, response_id="2")]
    result = computed("line_of_sight", facts(org_unit=UNITS, survey_item=items, survey_response=rows))
    company = cell(result, "acme")
    assert (company["state"], company["flags"], company["value"]) == ("source_missing", "missing:respondent", None)
    assert result.crowd.is_empty()


def test_without_respondent_ids_a_single_item_is_scored_by_answer() -> None:
    items = [ITEMS[0] | {"has_respondent": False}]
    rows = [answer(None, "matters", value, response_id=str(row)) for row, value in enumerate((5.0, 4.0, 2.0))]
    result = computed("line_of_sight", facts(org_unit=UNITS, survey_item=items, survey_response=rows))
    assert cell(result, "acme")["value"] == pytest.approx(2 / 3)
    assert result.crowd["n_people"].to_list() == [3]


def test_customers_answers_are_another_matter() -> None:
    items = [row | {"audience": "customer"} for row in ITEMS]
    company = cell(computed("line_of_sight", asked(EXAMPLE, survey_item=items)), "acme")
    assert company["state"] == "source_missing"
    assert company["flags"] == "missing:employee_survey:why_my_job_matters|difference_i_make"


def test_no_answers_no_cells() -> None:
    assert computed("line_of_sight", asked({})).cells.is_empty()


POINTS = st.none() | st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.integers(0, 11), st.tuples(POINTS, POINTS), min_size=1), st.randoms())
def test_order_copies_and_one_more_person(answers: Answers, random: st.random_module) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before = computed("line_of_sight", asked(answers, invited=12))
    assert computed("line_of_sight", asked(dict(shuffled), invited=12)).cells.equals(before.cells)

    published = before.cells.filter(pl.col("state") == "published")
    assert published["value"].is_between(0, 1).all()
    company = cell(before, "acme")
    if company["state"] == "published":
        low, high = (cell(before, "acme", f"worst_case_{side}")["value"] for side in ("low", "high"))
        assert low <= company["value"] <= high
        more = cell(computed("line_of_sight", asked(answers | {99: (5.0, 5.0)}, invited=12)), "acme")
        assert (more["numerator"], more["denominator"]) == (company["numerator"] + 1, company["denominator"] + 1)
