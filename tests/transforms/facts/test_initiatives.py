"""Initiative facts: weeks counted from the launch, person-weeks, scope, and acts."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.transforms.sample_initiatives import (
    FIRST,
    LAUNCH,
    MEMBERS,
    UNITS,
    acts,
    initiative,
    organisation,
    scheme_began,
)
from tests.transforms.sample_organisation import facts, member, recognition


def weeks(of, unit: str = "care") -> pl.DataFrame:
    return of.initiative_weeks.filter(pl.col("org_unit_id") == unit).collect()


def test_weeks_begin_with_the_launch_on_whatever_weekday() -> None:
    thursday = LAUNCH + dt.timedelta(days=3)
    of = organisation(acts({0: 7}), 3, [initiative(launched_on=thursday)])

    found = weeks(of)

    # Monday to Wednesday of the acts lie in week -1; the acts of both teams' people take turns.
    assert dict(of.initiative_acts.group_by("week").len().collect().iter_rows()) == {-1: 3, 0: 4}
    assert found["ends_on"].max() == thursday + dt.timedelta(days=13)
    assert found["week"].to_list() == list(range(-13, 2))


def test_person_weeks_count_days_of_stays_from_the_first_recognition_on() -> None:
    joined = member(90, "care", valid_from_on=LAUNCH + dt.timedelta(days=2))
    left = member(91, "care", valid_to_on=LAUNCH + dt.timedelta(days=8))
    found = weeks(organisation([], 2, membership=[*MEMBERS, joined, left]))
    by_week = dict(found.select("week", "exposure").iter_rows())

    assert by_week[-1] == pytest.approx(11)
    assert by_week[0] == pytest.approx(11 + 5 / 7)
    assert by_week[1] == pytest.approx(11 + 2 / 7)
    later = facts(
        LAUNCH + dt.timedelta(weeks=2), org_unit=UNITS, membership=MEMBERS, initiative=[initiative()],
        recognition=[recognition(0, 1, FIRST + dt.timedelta(days=10))],
    )  # fmt: skip
    first = dict(weeks(later).select("week", "exposure").iter_rows())
    assert (-13 in first, first[-12], first[-11]) == (False, pytest.approx(10 * 4 / 7), pytest.approx(10))


def test_who_is_in_two_teams_is_one_person() -> None:
    second = member(0, "shop", valid_from_on=LAUNCH)
    of = organisation(acts({1: 20}), 3, membership=[*MEMBERS, second])
    week = of.initiative_weeks.filter(pl.col("week") == 1).collect()

    assert week["exposure"].sum() == pytest.approx(20)
    assert dict(week.select("org_unit_id", "exposure").iter_rows()) == pytest.approx({"care": 9, "shop": 11})


def test_any_of_the_tags_in_any_of_the_initiatives() -> None:
    rows = [*acts({0: 3}, "smile"), *acts({0: 2}, "grin")]
    both = recognition(3, 4, LAUNCH, recognition_id="both", tags=["smile", "grin"])
    listed = [initiative("joy", tags=["smile", "grin"]), initiative("smile")]
    of = organisation([*rows, both], 2, listed)

    assert dict(of.initiative_acts.group_by("initiative_id").len().collect().iter_rows()) == {"joy": 6, "smile": 4}


def test_an_initiative_that_is_launched_after_the_night_is_not_known() -> None:
    of = organisation(acts({0: 3}), 2, [initiative(launched_on=LAUNCH + dt.timedelta(weeks=3))])

    assert of.initiative_weeks.collect().is_empty()
    assert of.initiative_acts.collect().is_empty()


def test_without_recognitions_nobody_could_act() -> None:
    of = facts(LAUNCH + dt.timedelta(weeks=3), org_unit=UNITS, membership=MEMBERS, initiative=[initiative()])
    assert of.initiative_weeks.collect().is_empty()
    assert scheme_began()["at"].date() == FIRST
