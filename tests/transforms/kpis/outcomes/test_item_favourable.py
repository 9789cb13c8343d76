"""Single items, worked by hand."""

import pytest

from tests.transforms.sample_organisation import (
    answer,
    cell,
    computed,
    facts,
    invitation,
    item,
    member,
    units,
)

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
FOUR = item("expected", None, scale_id="1-4")


def test_worked_example() -> None:
    rows = [
        answer(number, "expected", value, org_unit_id="care") for number, value in enumerate([1.0, 2.0, 3.0, 4.0, 4.0])
    ]
    result = computed("item_favourable", facts(org_unit=UNITS, survey_item=[FOUR], survey_response=rows))
    share, mean = (cell(result, "care", "expected", variant) for variant in ("main", "mean"))
    assert (share["value"], share["numerator"], share["denominator"]) == (pytest.approx(3 / 5), 3, 5)
    assert (mean["value"], mean["numerator"], mean["denominator"]) == (pytest.approx(2.8), None, 5)
    # Mean 2.8, standard deviation 1.3038, t(4) = 2.7764: 2.8 +- 1.6189.
    assert mean["ci_low"] == pytest.approx(2.8 - 1.6189, abs=1e-3)


def test_not_applicable_leaves_the_denominator() -> None:
    rows = [answer(1, "expected", 4.0, org_unit_id="care"), answer(2, "expected", None, org_unit_id="care")]
    result = computed("item_favourable", facts(org_unit=UNITS, survey_item=[FOUR], survey_response=rows))
    assert cell(result, "care", "expected")["denominator"] == 1


def test_an_item_id_of_two_surveys_carries_its_survey() -> None:
    items = [FOUR, FOUR | {"survey_id": "pulse"}, item("other", None)]
    rows = [
        answer(1, "expected", 4.0),
        answer(1, "expected", 1.0, survey_id="pulse"),
        answer(1, "other", 5.0),
    ]
    result = computed("item_favourable", facts(org_unit=UNITS, survey_item=items, survey_response=rows))
    values = {name: cell(result, "acme", name)["value"] for name in ("voice:expected", "pulse:expected", "other")}
    assert values == {"voice:expected": 1.0, "pulse:expected": 0.0, "other": 1.0}


def test_every_item_carries_the_response_rate_of_its_survey() -> None:
    rows = [answer(number, "expected", 4.0) for number in range(3)]
    of = facts(
        org_unit=UNITS,
        membership=[member(number, "care") for number in range(4)],
        survey_item=[FOUR],
        survey_response=rows,
        invitation=[invitation(number) for number in range(4)],
    )
    result = computed("item_favourable", of)
    assert {cell(result, "care", "expected", name)["response_rate"] for name in ("main", "mean")} == {0.75}


def test_one_more_unfavourable_answer_lowers_the_share() -> None:
    rows = [answer(number, "expected", 4.0) for number in range(3)]
    before, after = (
        cell(computed("item_favourable", facts(survey_item=[FOUR], survey_response=given)), "company", "expected")
        for given in (rows, [*rows, answer(3, "expected", 1.0)])
    )
    assert (before["value"], after["value"]) == (1.0, 0.75)
