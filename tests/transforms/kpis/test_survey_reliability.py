"""Alpha and ICC(2) of a wave decide what a survey score may say: the index, and the means of teams."""

import datetime as dt

import numpy as np
import pytest
from scipy.stats import f_oneway

from tests.transforms.sample_organisation import answer, cell, computed, facts, item, member, moment, units
from transforms.facts import Facts
from transforms.kpis.survey_reliability import reliability

TEAMS = ("care", "shop", "post", "desk")
UNITS = units({"acme": None} | dict.fromkeys(TEAMS, "acme"))
ITEMS = [item("matters", "why_my_job_matters"), item("difference", "difference_i_make")]
MEMBERS = [member(number, TEAMS[number % 4]) for number in range(40)]


def wave(first: list[float], second: list[float], **more: object) -> Facts:
    rows = [answer(number, "matters", value) for number, value in enumerate(first)]
    rows += [answer(number, "difference", value) for number, value in enumerate(second)]
    tables = {"membership": MEMBERS, "survey_item": ITEMS, "survey_response": rows} | more
    return facts(org_unit=UNITS, **tables)  # type: ignore[arg-type]


AGREEING = [1.0 + number % 5 for number in range(40)]
UNRELATED = [1.0 + (number // 5) % 5 for number in range(40)]


def test_an_index_with_a_high_alpha_is_told() -> None:
    company = cell(computed("line_of_sight", wave(AGREEING, AGREEING)), "acme")
    assert (company["state"], company["value"]) == ("published", pytest.approx(0.4))


def test_an_index_with_a_low_alpha_is_not_told_and_its_items_are() -> None:
    of = wave(AGREEING, UNRELATED)
    for component in computed("line_of_sight", of).cells["component"].unique():
        for unit in ("acme", "care"):
            told = cell(computed("line_of_sight", of), unit, component)
            assert (told["state"], told["value"], told["flags"]) == ("not_enough_data", None, "low_alpha")
    items = computed("item_favourable", of)
    assert [cell(items, "acme", name)["value"] for name in ("matters", "difference")] == [0.4, 0.25]


def test_alpha_is_that_of_the_whole_organisation_and_not_of_a_team() -> None:
    # In care the two items contradict one another, elsewhere they agree: alpha over all is high, care is told.
    second = [6 - value if number % 4 == 0 else value for number, value in enumerate(AGREEING)]
    of = wave(AGREEING, second)
    alpha = reliability(of.answers).collect()["alpha"].item()
    matrix = np.array([AGREEING, second])
    covariance = np.cov(matrix)
    assert alpha == pytest.approx(2 * (1 - np.trace(covariance) / covariance.sum()))
    assert 0.5 < alpha < 0.7
    assert cell(computed("line_of_sight", of), "care")["flags"] == "low_alpha"


def test_one_item_needs_no_alpha() -> None:
    of = wave(AGREEING, [], survey_item=ITEMS[:1])
    assert cell(computed("line_of_sight", of), "acme")["state"] == "published"


def test_under_thirty_respondents_nobody_is_judged() -> None:
    of = wave(AGREEING[:29], UNRELATED[:29])
    assert reliability(of.answers).select("alpha", "icc2").collect().row(0) == (None, None)
    assert cell(computed("line_of_sight", of), "acme")["state"] == "published"


def test_teams_that_hardly_differ_are_flagged_and_the_company_is_not() -> None:
    result = computed("line_of_sight", wave(AGREEING, AGREEING))
    assert {unit: cell(result, unit)["flags"] for unit in ("acme", *TEAMS)} == {"acme": None} | dict.fromkeys(
        TEAMS, "low_icc2"
    )


def test_teams_that_differ_are_not_flagged() -> None:
    # Two teams answer 4 and 5, two 1 and 2.
    points = [(4.0 if number % 4 < 2 else 1.0) + (number // 4) % 2 for number in range(40)]
    of = wave(points, points)
    assert reliability(of.answers).collect()["icc2"].item() > 0.9
    result = computed("line_of_sight", of)
    assert [cell(result, unit)["flags"] for unit in TEAMS] == [None] * 4


def test_icc2_by_the_analysis_of_variance() -> None:
    points = np.random.default_rng(3).integers(1, 6, 40).astype(float)
    f = f_oneway(*(points[team::4] for team in range(4))).statistic
    got = reliability(wave(points.tolist(), points.tolist()).answers).collect()["icc2"].item()
    assert got == pytest.approx(max(0.0, 1 - 1 / f))


def test_waves_are_judged_apart() -> None:
    later = [
        answer(number, name, value, response_id=f"later {number}", answered_at=moment(dt.date(2026, 5, 5)))
        for name, values in (("matters", AGREEING), ("difference", UNRELATED))
        for number, value in enumerate(values)
    ]
    first = [answer(number, name, value) for name in ("matters", "difference") for number, value in enumerate(AGREEING)]
    of = facts(
        dt.date(2026, 7, 31), org_unit=UNITS, membership=MEMBERS, survey_item=ITEMS, survey_response=[*first, *later]
    )
    result = computed("line_of_sight", of)
    assert [cell(result, "acme", start=dt.date(2026, month, 1))["state"] for month in (1, 4)] == [
        "published",
        "not_enough_data",
    ]


def test_the_length_of_a_scale_does_not_matter() -> None:
    items = [ITEMS[0], item("difference", "difference_i_make", scale_id="0-10")]
    of = wave(AGREEING, [2.5 * (value - 1) // 1 for value in AGREEING], survey_item=items)
    assert reliability(of.answers).collect()["alpha"].item() > 0.95


def test_answers_without_people_have_no_alpha() -> None:
    items = [row | {"has_respondent": False} for row in ITEMS]
    rows = [
        answer(None, name, 3.0 + number % 2, response_id=f"{name} {number}", org_unit_id=TEAMS[number % 3])
        for name in ("matters", "difference")
        for number in range(40)
    ]
    of = wave([], [], survey_item=items, survey_response=rows)
    told = reliability(of.answers).collect()
    assert told["alpha"].item() is None
    assert told["icc2"].item() is not None


def test_the_gap_of_an_unreliable_index_is_not_told_either() -> None:
    members = [row | {"office": "front" if number % 2 else "back"} for number, row in enumerate(MEMBERS)]
    of = wave(AGREEING, UNRELATED, membership=members)
    assert cell(computed("mailroom_gap", of), "acme")["flags"] == "low_alpha"
