"""Why gradient, by hand: what, how and why, of the same people."""

import pytest

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, item, member, units

KPI = "why_gradient"
UNITS = units({"acme": None, "care": "acme"})
ASKED = ("what", "how", "why")
ITEMS = [item(name, name) for name in ASKED]
MEMBERS = [member(number, "care") for number in range(20)]

# Respondent  0 1 2 3 4 5 6 7 8 9
# what        5 5 5 5 5 4 4 4 4 1     favourable: 9 of 10
# how         5 5 5 5 4 4 4 2 2 1     7 of 10
# why         5 5 5 4 4 4 3 2 1 1     6 of 10
EXAMPLE = [
    (5, 5, 5),
    (5, 5, 5),
    (5, 5, 5),
    (5, 5, 4),
    (5, 4, 4),
    (4, 4, 4),
    (4, 4, 3),
    (4, 2, 2),
    (4, 2, 1),
    (1, 1, 1),
]


def asked(answers: list[tuple[float | None, ...]], **more: object) -> dict[str, object]:
    rows = [
        answer(number, question, value)
        for number, values in enumerate(answers)
        for question, value in zip(ASKED, values, strict=True)
    ]
    return {"org_unit": UNITS, "membership": MEMBERS, "survey_item": ITEMS, "survey_response": rows} | more


def gradient(tables: dict[str, object]) -> dict[str, object]:
    result = computed(KPI, facts(**tables))
    return {name: cell(result, "care", name).get("value") for name in ("main", "what_minus_how", "how_minus_why")}


def test_worked_example() -> None:
    assert gradient(asked(EXAMPLE)) == {
        "main": pytest.approx(0.3),
        "what_minus_how": pytest.approx(0.2),
        "how_minus_why": pytest.approx(0.1),
    }


def test_the_two_steps_are_the_gradient_also_when_somebody_skips() -> None:
    skipping = [*EXAMPLE, (5, None, 5), (5, 5, None)]
    told = gradient(asked(skipping))
    assert told["main"] == pytest.approx(0.3)
    assert told["what_minus_how"] + told["how_minus_why"] == pytest.approx(told["main"])
    care = cell(computed(KPI, facts(**asked(skipping))), "care")
    assert (care["denominator"], care["coverage"]) == (10, pytest.approx(10 / 12))


def test_all_components_are_about_the_same_people() -> None:
    people = computed(KPI, facts(**asked([*EXAMPLE, (5, None, 5)]))).people
    assert people.group_by("component").len()["len"].to_list() == [10, 10, 10]


def test_without_how_the_steps_are_not_shown() -> None:
    assert gradient(asked(EXAMPLE, survey_item=[ITEMS[0], ITEMS[2]])) == {
        "main": pytest.approx(0.3),
        "what_minus_how": None,
        "how_minus_why": None,
    }


def test_steps_of_part_of_the_people_are_not_shown() -> None:
    # A second survey asks for what and why alone: the steps would tell its respondents from the others.
    other = [item(name, name, survey_id="pulse") for name in ("what", "why")]
    tables = asked(EXAMPLE)
    more = [answer(number, name, 5.0, survey_id="pulse") for number in (15, 16) for name in ("what", "why")]
    told = gradient(tables | {"survey_item": [*ITEMS, *other], "survey_response": [*tables["survey_response"], *more]})
    assert told == {"main": pytest.approx(3 / 12), "what_minus_how": None, "how_minus_why": None}


def test_why_is_missing() -> None:
    care = cell(computed(KPI, facts(**asked(EXAMPLE, survey_item=ITEMS[:2]))), "acme")
    assert (care["state"], care["flags"]) == ("source_missing", "missing:employee_survey:why")


def test_everybody_knows_or_nobody() -> None:
    for point in (5, 1):
        assert gradient(asked([(point, point, point)] * 6))["main"] == 0


def test_one_more_person() -> None:
    assert gradient(asked([*EXAMPLE, (5, 1, 1)]))["main"] == pytest.approx(4 / 11)


def test_a_single_person_and_nobody() -> None:
    assert gradient(asked([(5, 5, 1)]))["main"] == 1
    assert computed(KPI, facts(**asked([]))).cells.is_empty()


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(EXAMPLE))
