"""No sum or difference over the tree isolates fewer than the minimum."""

import datetime as dt

import polars as pl

PUBLISHED = "published"
PRIMARY = "suppressed_primary"
COMPLEMENTARY = "suppressed_complementary"


def shown(world, parents, *teams, **declared):
    observations = world.rows([row for one in teams for row in one])
    return world.states(world(parents).night(world.kpi(observations, **declared)))


def test_parent_minus_children_hides_the_next_smallest_child(world):
    # acme 20 = a 4 + b 6 + c 10. Without b hidden, 20 - 6 - 10 is the team of four.
    parents = {"acme": None, "a": "acme", "b": "acme", "c": "acme"}
    assert shown(
        world, parents, world.team("a", range(4)), world.team("b", range(10, 16), 3), world.team("c", range(20, 30), 5)
    ) == {"acme": PUBLISHED, "a": PRIMARY, "b": COMPLEMENTARY, "c": PUBLISHED}


def test_two_small_teams_hide_one_another(world):
    # 3 + 3 people stay hidden together: nothing else needs to go.
    parents = {"acme": None, "a": "acme", "b": "acme", "c": "acme"}
    assert shown(
        world, parents, world.team("a", range(3)), world.team("b", range(5, 8)), world.team("c", range(20, 26), 3)
    ) == {"acme": PUBLISHED, "a": PRIMARY, "b": PRIMARY, "c": PUBLISHED}


def test_two_small_teams_of_the_same_people_are_few_people(world):
    # The same three people work in both teams: six places, three people.
    parents = {"acme": None, "a": "acme", "b": "acme", "c": "acme"}
    assert shown(
        world, parents, world.team("a", range(3)), world.team("b", range(3)), world.team("c", range(20, 26), 3)
    ) == {"acme": PUBLISHED, "a": PRIMARY, "b": PRIMARY, "c": COMPLEMENTARY}


def test_the_parent_s_own_people_are_a_residual_too(world):
    # Two people sit in the department itself, beside its one team.
    parents = {"acme": None, "a": "acme"}
    assert shown(world, parents, world.team("acme", range(2)), world.team("a", range(10, 16), 3)) == {
        "acme": PUBLISHED,
        "a": COMPLEMENTARY,
    }


def test_a_residual_is_looked_for_on_every_level(world):
    # d1 = a 4 + b 6, both hidden; d1 itself is safe to show and so are d2 and c.
    parents = {"acme": None, "d1": "acme", "d2": "acme", "a": "d1", "b": "d1", "c": "d2"}
    assert shown(
        world, parents, world.team("a", range(4)), world.team("b", range(10, 16), 3), world.team("c", range(20, 29), 4)
    ) == {"acme": PUBLISHED, "d1": PUBLISHED, "d2": PUBLISHED, "a": PRIMARY, "b": COMPLEMENTARY, "c": PUBLISHED}


def test_a_small_department_is_protected_by_its_sibling(world):
    # d1 = a 4 people, so acme - d2 would be d1: d2 goes, and below it c, d stay, which hide nobody.
    parents = {"acme": None, "d1": "acme", "d2": "acme", "a": "d1", "c": "d2", "d": "d2"}
    assert shown(
        world, parents, world.team("a", range(4)), world.team("c", range(20, 26), 3), world.team("d", range(30, 37), 3)
    ) == {
        "acme": PUBLISHED,
        "d1": PRIMARY,
        "a": PRIMARY,
        "d2": COMPLEMENTARY,
        "c": COMPLEMENTARY,
        "d": PUBLISHED,
    }


def test_a_department_with_one_team_hides_nothing(world):
    # Equal sets: their difference is nobody.
    parents = {"acme": None, "d": "acme", "a": "d"}
    assert set(shown(world, parents, world.team("a", range(6), 3)).values()) == {PUBLISHED}


def test_every_role_of_a_residual_must_be_enough(world):
    # a: five agents and one requester. acme - b would be the figures of one customer.
    observations = (
        world.rows(world.team("a", range(5)) + world.team("b", range(10, 17), 3))
        .rename({"respondent_key": "agent_key"})
        .with_columns(
            requester_key=pl.when(pl.col("org_unit_id") == "a")
            .then(pl.lit(f"p_{99:032x}"))
            .otherwise(pl.col("agent_key").str.replace("p_0", "p_1"))
        )
    )
    kpi = world.kpi(observations, people=("agents", "requesters"), person_based=False)
    assert world.states(world({"acme": None, "a": "acme", "b": "acme"}).night(kpi)) == {
        "acme": PUBLISHED,
        "a": PRIMARY,
        "b": COMPLEMENTARY,
    }


def test_a_cell_without_a_number_is_given_up_before_one_that_has_a_number(world):
    # b has too little for its statistic and no number to lose; hiding it protects a, and c keeps its number.
    def without_a_number_under_eight(rows, facts):
        return (
            world.kpi(world.rows([]))
            .kpi.estimate(rows, facts)
            .with_columns(value=pl.when(pl.col("denominator") >= 8).then("value"))
        )

    parents = {"acme": None, "a": "acme", "b": "acme", "c": "acme"}
    found = shown(
        world,
        parents,
        world.team("a", range(4)),
        world.team("b", range(10, 17), 3),
        world.team("c", range(20, 28), 4),
        estimate=without_a_number_under_eight,
        person_based=False,
    )
    assert found == {"acme": PUBLISHED, "a": "not_enough_data", "b": "not_enough_data", "c": PUBLISHED}


def test_the_same_sibling_stands_in_from_month_to_month(world):
    # a has 4 people. In April b has 6 and c 8; in May, with 10 and 9, b has still been smaller so far.
    months = pl.concat(
        world.rows(
            world.team("a", range(4)) + world.team("b", range(10, 10 + b)) + world.team("c", range(30, 30 + c)), on
        )
        for b, c, on in ((6, 8, dt.date(2026, 4, 10)), (10, 9, dt.date(2026, 5, 10)))
    )
    parents = {"acme": None, "a": "acme", "b": "acme", "c": "acme"}
    kpi = world.kpi(months, person_based=False, grains=("month", "quarter"))
    rows = world(parents).night(kpi).rows
    assert rows.filter(state=COMPLEMENTARY, period_grain="month")["org_unit_id"].to_list() == ["b", "b"]
