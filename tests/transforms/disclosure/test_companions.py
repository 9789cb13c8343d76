"""Components of a cell and longer periods do not give a hidden cell away."""

import datetime as dt

import polars as pl

PUBLISHED, COMPLEMENTARY = "published", "suppressed_complementary"


def day(month: int) -> dt.date:
    return dt.date(2026, month, 10)


def by_cell(disclosed) -> dict[tuple[str, str, int], str]:
    return {
        (row["org_unit_id"], row["period_grain"], row["period_start"].month): row["state"]
        for row in disclosed.rows.iter_rows(named=True)
    }


def test_components_about_the_same_people_share_one_fate(world):
    # In `kind` team b has no number to lose (value missing), so a (4 people) hides there behind b, and c keeps its
    # number; in `unkind` b has one and goes. Were c shown in one and hidden in the other, 1 - kind = unkind.
    def shares(rows, facts):
        estimated = world.kpi(world.rows([])).kpi.estimate(rows, facts)
        is_missing = (pl.col("org_unit_id") == "b") & (pl.col("component") == "kind")
        return estimated.with_columns(value=pl.when(~is_missing).then("value"))

    happened = world.rows(
        world.team("a", range(4)) + world.team("b", range(10, 19), 4) + world.team("c", range(20, 28), 4)
    )
    both = pl.concat(happened.with_columns(component=pl.lit(name)) for name in ("kind", "unkind"))
    kpi = world.kpi(both, components=("kind", "unkind"), estimate=shares, person_based=False)
    disclosed = world({"acme": None, "a": "acme", "b": "acme", "c": "acme"}).night(kpi)
    assert world.states(disclosed, component="unkind")["c"] == COMPLEMENTARY
    assert world.states(disclosed, component="kind")["c"] == COMPLEMENTARY
    assert disclosed.hidden.filter(rule="components")["n_cells"].to_list() == [1]


def test_components_about_other_people_do_not(world):
    # Item x was answered by 4 people, item y by 9: y keeps its number.
    answers = pl.concat(
        [
            world.rows(world.team("acme", range(4)), component="x"),
            world.rows(world.team("acme", range(9), 4), component="y"),
        ]
    )
    disclosed = world({"acme": None}).night(world.kpi(answers, components=("x", "y")))
    assert world.states(disclosed, component="x") == {"acme": "suppressed_primary"}
    assert world.states(disclosed, component="y") == {"acme": PUBLISHED}


def test_a_quarter_less_two_of_its_months(world):
    # Six people in January and February, three in March: the quarter would give March away.
    months = pl.concat(world.rows(world.team("acme", range(size), 2), day(m)) for m, size in ((1, 6), (2, 6), (3, 3)))
    kpi = world.kpi(months, grains=("month", "quarter"), person_based=False)
    assert by_cell(world({"acme": None}).night(kpi)) == {
        ("acme", "month", 1): PUBLISHED,
        ("acme", "month", 2): PUBLISHED,
        ("acme", "month", 3): "suppressed_primary",
        ("acme", "quarter", 1): COMPLEMENTARY,
    }


def test_a_quarter_with_an_empty_month_is_made_of_the_others(world):
    months = pl.concat(world.rows(world.team("acme", range(6), 2), day(m)) for m in (1, 2))
    kpi = world.kpi(months, grains=("month", "quarter"), person_based=False)
    assert set(by_cell(world({"acme": None}).night(kpi)).values()) == {PUBLISHED}


def test_a_company_keeps_its_quarter_when_hidden_teams_make_a_block(world):
    # In March a (3) and b (6) are one hidden block of nine; the company's quarter holds all of it, theirs a part.
    happened = [
        world.rows(world.team("a", range(6), 2) + world.team("b", range(10, 16), 2), day(1)),
        world.rows(world.team("a", range(3), 2) + world.team("b", range(10, 16), 2), day(3)),
    ]
    kpi = world.kpi(pl.concat(happened), grains=("month", "quarter"), person_based=False)
    found = by_cell(world({"acme": None, "a": "acme", "b": "acme"}).night(kpi))
    assert found["acme", "quarter", 1] == PUBLISHED
    assert found["a", "quarter", 1] == COMPLEMENTARY
    assert found["b", "quarter", 1] == COMPLEMENTARY
    assert found["a", "month", 1] == PUBLISHED


def test_weeks_make_up_windows(world):
    # 2018-01-01 and 13 weeks on; two weeks with six people, one with three.
    weeks = [(dt.date(2026, 1, 12), 6), (dt.date(2026, 1, 19), 6), (dt.date(2026, 1, 26), 3)]
    happened = pl.concat(world.rows(world.team("acme", range(size), 2), on) for on, size in weeks)
    kpi = world.kpi(happened, grains=("week", "window_13w"), person_based=False)
    windows = world({"acme": None}).night(kpi).rows.filter(period_grain="window_13w")
    assert windows["state"].to_list() == [COMPLEMENTARY]
