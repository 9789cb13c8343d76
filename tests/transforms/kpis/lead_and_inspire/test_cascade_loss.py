"""Cascade loss, by hand: the share that knows why, level by level."""

import datetime as dt

import pytest

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, item, member, units

KPI = "cascade_loss"
UNITS = units({"acme": None, "care": "acme"})
ITEMS = [item("why", "why")]
Levels = dict[int | None, tuple[int, int]]


def asked(levels: Levels, **more: object) -> dict[str, object]:
    """`levels`: hierarchy level -> (favourable, others)."""
    members, rows = [], []
    for level, (favourable, others) in levels.items():
        for position in range(favourable + others):
            members.append(member(len(members), "care", hierarchy_level=level))
            rows.append(answer(len(rows), "why", 5.0 if position < favourable else 2.0))
    return {"org_unit": UNITS, "membership": members, "survey_item": ITEMS, "survey_response": rows} | more


def loss(levels: Levels) -> dict[str, object]:
    return cell(computed(KPI, facts(**asked(levels))), "care")


EXAMPLE: Levels = {1: (9, 1), 2: (8, 2), 3: (7, 3)}


def test_worked_example() -> None:
    care = loss(EXAMPLE)
    assert (care["value"], care["denominator"]) == (pytest.approx(0.1), 30)
    assert care["ci_low"] < 0.1 < care["ci_high"]


def test_a_small_level_is_merged_with_the_next() -> None:
    # One at level 0 and five at level 1 stand together at 5/6; then 2 of 6 at level 2.
    care = loss({0: (1, 0), 1: (5, 0), 2: (2, 4)})
    assert care["value"] == pytest.approx((1 - 2 / 6) / (2 - 5 / 6))


def test_what_is_left_at_the_bottom_joins_the_level_above() -> None:
    # Level 1: 5 of 5. Levels 2 (four of six) and 3 (none of two) together: 4 of 8 at (12 + 6) / 8 = 2.25.
    care = loss({1: (5, 0), 2: (4, 2), 3: (0, 2)})
    assert care["value"] == pytest.approx((1 - 0.5) / (2.25 - 1))


def test_one_level_has_no_slope() -> None:
    for levels in ({2: (5, 5)}, {1: (2, 1), 2: (1, 2)}):
        care = loss(levels)
        assert (care["state"], care["flags"], care["value"]) == ("not_enough_data", "one_level", None)


def test_a_reason_that_grows_on_its_way_is_a_negative_loss() -> None:
    assert loss({1: (5, 5), 2: (10, 0)})["value"] == pytest.approx(-0.5)


def test_people_without_a_level_lower_the_coverage() -> None:
    result = computed(KPI, facts(**asked(EXAMPLE | {None: (5, 0)})))
    care = cell(result, "care")
    assert (care["value"], care["coverage"]) == (pytest.approx(0.1), pytest.approx(30 / 35))
    assert result.people["person_key"].n_unique() == 30


def test_without_levels_it_says_what_is_missing() -> None:
    result = computed(KPI, facts(**asked({None: (5, 5)})))
    assert (cell(result, "acme")["state"], cell(result, "acme")["flags"]) == (
        "source_missing",
        "missing:hierarchy_level",
    )


def test_the_level_is_that_of_the_day_of_the_answer() -> None:
    tables = asked({1: (5, 0), 2: (0, 5)})
    # Everybody rises to level 1 a month after the survey.
    risen = [row | {"valid_from_on": dt.date(2026, 3, 10), "hierarchy_level": 1} for row in tables["membership"]]
    before = [row | {"valid_to_on": dt.date(2026, 3, 9)} for row in tables["membership"]]
    care = cell(computed(KPI, facts(**(tables | {"membership": [*before, *risen]}))), "care")
    assert care["value"] == pytest.approx(1.0)


def test_nobody_or_everybody_knows() -> None:
    assert loss({1: (0, 6), 2: (0, 6)})["value"] == 0
    assert loss({1: (6, 0), 2: (6, 0)})["value"] == 0


def test_one_more_person_and_a_single_one() -> None:
    assert loss({1: (9, 1), 2: (8, 2), 3: (7, 4)})["value"] > 0.1
    assert loss({1: (1, 0)})["state"] == "not_enough_data"


def test_nobody_asked() -> None:
    assert computed(
        KPI, facts(**asked({1: (0, 0)}, membership=[member(0, "care", hierarchy_level=1)]))
    ).cells.is_empty()


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, asked(EXAMPLE))
