"""Weeks beside months: pieces of a few days behind which a few people stand stay hidden."""

import datetime as dt

import polars as pl
import pytest

PUBLISHED, COMPLEMENTARY = "published", "suppressed_complementary"
# 2026-05-01 is a Friday: the week of 27 April has four days in April and three in May.
TUESDAYS = [dt.date(2026, 4, day) for day in (7, 14, 21)] + [dt.date(2026, 5, day) for day in (5, 12, 19, 26)]
IN_APRIL, IN_MAY = dt.date(2026, 4, 30), dt.date(2026, 5, 1)
STRADDLING = dt.date(2026, 4, 27)


def worked(world, *days):
    """Rows of (unit, people, day)."""
    return pl.concat(world.rows(world.team(unit, people), on) for unit, people, on in days)


def every_week(unit, people):
    return [(unit, people, on) for on in TUESDAYS]


def shown(world, parents, *days):
    kpi = world.kpi(worked(world, *days), grains=("week", "month", "quarter"), person_based=False)
    rows = world(parents).night(kpi).rows
    return {
        (row["org_unit_id"], row["period_grain"], row["period_start"]): row["state"]
        for row in rows.iter_rows(named=True)
    }


def hidden(states):
    return {cell for cell, state in states.items() if state == COMPLEMENTARY}


def test_a_week_that_cuts_off_two_people_is_hidden(world):
    # Of the week between April and May 6 people worked in April and 2 in May: May less its other weeks is the two.
    # Without that week they still are; one more week of May has to join them.
    days = [*every_week("acme", range(6)), ("acme", range(6), IN_APRIL), ("acme", range(2), IN_MAY)]
    states = shown(world, {"acme": None}, *days)
    assert states["acme", "week", STRADDLING] == COMPLEMENTARY
    assert {cell[1] for cell in hidden(states)} == {"week"}
    assert len([cell for cell in hidden(states) if cell[2].month == 5]) == 1
    assert states["acme", "month", dt.date(2026, 5, 1)] == PUBLISHED


def test_a_week_whose_pieces_hold_enough_is_shown(world):
    days = [*every_week("acme", range(6)), ("acme", range(6), IN_APRIL), ("acme", range(10, 15), IN_MAY)]
    assert hidden(shown(world, {"acme": None}, *days)) == set()


def test_a_piece_that_holds_nobody_cuts_nothing(world):
    days = [*every_week("acme", range(6)), ("acme", range(6), IN_APRIL)]
    assert hidden(shown(world, {"acme": None}, *days)) == set()


def test_the_week_is_hidden_above_the_team_too(world):
    # b is large all the time; acme's week less b's is a's.
    days = [
        *every_week("a", range(6)),
        *every_week("b", range(20, 30)),
        *[("a", range(6), IN_APRIL), ("a", range(2), IN_MAY)],
        *[("b", range(20, 30), on) for on in (IN_APRIL, IN_MAY)],
    ]
    states = shown(world, {"acme": None, "a": "acme", "b": "acme"}, *days)
    assert states["a", "week", STRADDLING] == COMPLEMENTARY
    assert states["acme", "week", STRADDLING] == COMPLEMENTARY
    assert states["b", "week", STRADDLING] == PUBLISHED
    assert {state for cell, state in states.items() if cell[1] == "month"} == {PUBLISHED}


def test_a_quiet_week_of_a_team_is_welded_by_another(world):
    # a has 3 people in one week and 2 others in another, both hidden together with b: five people, and acme's weeks
    # stay. With the same 3 in both weeks they do not.
    def states(others):
        quiet = [("a", range(3), TUESDAYS[0]), ("a", others, TUESDAYS[1])]
        busy = [("a", range(6), on) for on in TUESDAYS[2:]]
        return shown(
            world,
            {"acme": None, "a": "acme", "b": "acme"},
            *quiet,
            *busy,
            *every_week("b", range(20, 26)),
            *every_week("acme", range(30, 40)),
        )

    first = ("acme", "week", dt.date(2026, 4, 6))
    assert states(range(3, 5))[first] == PUBLISHED
    assert states(range(3))[first] == COMPLEMENTARY


def test_a_week_across_quarters_is_not_shown_beside_months(world):
    # 30 March to 5 April: a quarter with its months and weeks can then be judged by itself.
    days = [("acme", range(20), dt.date(2026, 3, 31)), ("acme", range(20), dt.date(2026, 4, 1))]
    assert hidden(shown(world, {"acme": None}, *days)) == {("acme", "week", dt.date(2026, 3, 30))}


@pytest.mark.parametrize("grains", [("week", "month"), ("week", "month", "quarter")])
def test_weeks_alone_lose_nothing_by_a_month_that_did_not_end(world, grains):
    # The night is of 15 July: its weeks stand in no month yet.
    kpi = world.kpi(
        worked(world, ("acme", range(6), dt.date(2026, 6, 23)), ("acme", range(6), dt.date(2026, 7, 7))),
        grains=grains,
        person_based=False,
    )
    rows = world({"acme": None}).night(kpi).rows
    assert set(rows.filter(period_grain="week")["state"]) == {PUBLISHED}


def test_hidings_for_a_piece_are_counted_by_their_own_rule(world):
    days = [*every_week("acme", range(6)), ("acme", range(6), IN_APRIL), ("acme", range(2), IN_MAY)]
    kpi = world.kpi(worked(world, *days), grains=("week", "month"), person_based=False)
    counted = world({"acme": None}).night(kpi).hidden
    assert counted.group_by("period_grain", "rule").agg(pl.col("n_cells").sum()).rows() == [("week", "overlaps", 2)]
