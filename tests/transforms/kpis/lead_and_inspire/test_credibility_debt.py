"""Credibility debt, by hand: initiatives that petered out among those of the last 24 months."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.transforms.sample_initiatives import LAUNCH, acts, initiative, organisation
from tests.transforms.sample_organisation import cell, computed
from transforms.facts import Facts

BEFORE = dict.fromkeys(range(-13, 0), 2)
KEPT = BEFORE | dict.fromkeys(range(13), 20)
LOST = BEFORE | dict.fromkeys(range(4), 20) | dict.fromkeys(range(4, 13), 3)
NEVER = dict.fromkeys(range(-13, 13), 2)
FIVE = {"a": KEPT, "b": KEPT, "c": LOST, "d": LOST, "e": NEVER}


def debts(of: Facts, unit: str = "acme", start: dt.date = LAUNCH) -> dict[str, object]:
    return cell(computed("credibility_debt", of), unit, start=start)


def with_initiatives(weeks: dict[str, dict[int, int]], weeks_after: int = 14, **more: object) -> Facts:
    rows = [row for tag, per_week in weeks.items() for row in acts(per_week, tag)]
    return organisation(rows, weeks_after, [initiative(tag, **more) for tag in weeks])


def test_worked_example() -> None:
    found = debts(with_initiatives(FIVE))

    assert (found["value"], found["numerator"], found["denominator"]) == (pytest.approx(0.6), 3.0, 5.0)
    assert found["interval_method"] == "wilson"


def test_one_nobody_ever_took_up_is_debt_too() -> None:
    assert debts(with_initiatives({"a": KEPT, "b": KEPT, "c": KEPT, "d": {}}))["value"] == pytest.approx(0.25)


def test_four_are_needed() -> None:
    found = debts(with_initiatives({"a": KEPT, "b": LOST, "c": NEVER}))

    assert (found["value"], found["flags"]) == (None, "fewer_than_4_initiatives")


def test_an_initiative_counts_for_the_unit_addressed_and_above() -> None:
    of = with_initiatives(FIVE, org_unit_id="care")

    assert debts(of, "care")["denominator"] == debts(of)["denominator"] == 5.0
    assert debts(of, "shop") == {"cells found": 0}


def test_initiatives_under_thirteen_weeks_old_and_over_two_years_old_are_not_counted() -> None:
    young = with_initiatives(FIVE | {"f": {}}, 14)
    rows = young.table("recognition").collect()
    listed = [initiative(tag) for tag in FIVE] + [initiative("f", launched_on=LAUNCH + dt.timedelta(weeks=2))]
    assert debts(organisation(rows.to_dicts(), 14, listed))["denominator"] == 5.0
    # In the ninth window after the launch nothing of it is left.
    starts = computed("credibility_debt", with_initiatives(FIVE, 13 * 9 + 2)).cells["period_start"]
    assert starts.max() == LAUNCH + dt.timedelta(weeks=13 * 7)


def test_without_history_before_the_launch_nothing_can_be_judged() -> None:
    short = dict.fromkeys(range(13), 20)
    young = with_initiatives(dict.fromkeys(FIVE, short))
    began = young.table("recognition").filter(pl.col("recognition_id") != "first").collect()
    listed = [initiative(tag) for tag in FIVE]

    assert computed("credibility_debt", organisation([], 14, listed, recognition=began)).cells.is_empty()


def test_order_and_copies_change_nothing() -> None:
    of = with_initiatives(FIVE)
    rows = of.table("recognition").collect()
    again = organisation(
        [], 14, [initiative(tag) for tag in reversed(FIVE)], recognition=pl.concat([rows, rows]).reverse()
    )

    assert debts(again) == debts(of)


def test_the_people_are_the_members_of_the_units_addressed() -> None:
    people = computed("credibility_debt", with_initiatives(FIVE, org_unit_id="care")).people

    assert people["person_key"].n_unique() == 10
