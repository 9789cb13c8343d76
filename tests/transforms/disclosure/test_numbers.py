"""Small groups: rounded values, bands, and intervals that do not invert to the counts. Worked by hand."""

import polars as pl
import pytest

WORST_CASES = ("main", "worst_case_low", "worst_case_high")


def company(world, n, kind, **declared):
    return world.row(
        world({"acme": None}).night(world.kpi(world.rows(world.team("acme", range(n), kind)), **declared)), "acme"
    )


def test_seven_people_of_whom_three(world):
    # 3/7 = 0.4286 -> 0.43; Wilson of 0.43 with n = 5, the lower edge of 5-9:
    # centre (0.43 + 0.3842) / (1 + 0.7683) = 0.4604, half 1.96 / 1.7683 * sqrt(0.43 * 0.57 / 5 + 0.03842) = 0.3283
    # -> 0.1321 .. 0.7887, outwards 0.13 .. 0.79. Exact Wilson would be 0.1582 .. 0.7495.
    row = company(world, 7, 3)
    assert (row["value"], row["ci_low"], row["ci_high"]) == (0.43, 0.13, 0.79)
    assert row["n_people_band"] == "5-9"
    assert [row[name] for name in ("numerator", "denominator", "n_events", "shrunk_value")] == [None] * 4


def test_people_of_one_band_and_rounded_value_look_alike(world):
    # 4 of 8 and 3 of 6 differ in counts and exact interval, and in nothing that is said.
    one, other = company(world, 8, 4), company(world, 6, 3)
    assert one == other


def test_from_fifty_on_numbers_are_exact(world):
    row = company(world, 50, 17)
    assert (row["value"], row["numerator"], row["denominator"], row["n_people_band"]) == (0.34, 17.0, 50.0, "50+")
    assert company(world, 49, 17)["denominator"] is None


def test_a_ticket_kpi_is_exact_with_any_number_of_people(world):
    row = company(world, 7, 3, person_based=False)
    assert (row["value"], row["denominator"], row["n_people_band"]) == (pytest.approx(3 / 7), 7.0, "5-9")


@pytest.mark.parametrize(
    ("n", "kind", "bounds"),
    [
        (5, 5, (0.8, 1.0)),
        (9, 9, (0.8, 1.0)),
        (9, 8, (0.8, 1.0)),
        (12, 12, (0.9, 1.0)),
        (25, 0, (0.0, 0.05)),
        (6, 1, (0.0, 0.2)),
    ],
)
def test_a_unanimous_cell_cannot_be_told_from_its_neighbour(world, n, kind, bounds):
    row = company(world, n, kind)
    assert (row["state"], row["value"], row["ci_low"], row["ci_high"]) == ("published_bounded", None, *bounds)
    assert row["interval_method"] == "bound"


@pytest.mark.parametrize(("n", "kind", "value"), [(9, 7, 0.78), (12, 10, 0.83), (6, 2, 0.33)])
def test_two_people_away_from_unanimous_there_is_a_value(world, n, kind, value):
    assert company(world, n, kind)["value"] == value


def mean(rows, facts):
    del facts
    return rows.group_by(
        "kpi_id", "definition_version", "component", "variant", "org_unit_id", "period_grain", "period_start"
    ).agg(
        pl.col("numerator").mean().alias("value"),
        (pl.col("numerator").mean() - pl.col("numerator").std() / 2).alias("ci_low"),
        (pl.col("numerator").mean() + pl.col("numerator").std() / 2).alias("ci_high"),
        pl.lit("cluster_robust").alias("interval_method"),
        pl.col("denominator").sum(),
    )


def test_a_mean_is_rounded_to_a_tenth_and_its_interval_widened(world):
    # Values 1..6: mean 3.5, sd 1.8708, half 0.9354; six people against the edge 5: 0.9354 * sqrt(6/5) = 1.0247,
    # so 2.4753 .. 4.5247, outwards 2.4 .. 4.6.
    happened = [("acme", person, float(person + 1)) for person in range(6)]
    kpi = world.kpi(world.rows(happened), unit="score", bounds=(1.0, 10.0), estimate=mean)
    row = world.row(world({"acme": None}).night(kpi), "acme")
    assert (row["value"], row["ci_low"], row["ci_high"]) == (3.5, 2.4, 4.6)


def test_a_mean_of_equal_answers_shows_no_zero_interval(world):
    # Without variance the interval would say that all agree: 1.96 * sqrt(0.2 * 0.8 / 5) = 0.3506 each way.
    kpi = world.kpi(
        world.rows([("acme", person, 4.0) for person in range(6)]), unit="score", bounds=(1.0, 10.0), estimate=mean
    )
    row = world.row(world({"acme": None}).night(kpi), "acme")
    assert (row["value"], row["ci_low"], row["ci_high"]) == (4.0, 3.6, 4.4)


def test_an_exact_company_does_not_make_a_rounded_team_exact(world):
    # acme 80 = a 60 + b 20. Exact 80 less exact 60 would be the exact counts of b: the next smaller one is rounded.
    parents = {"acme": None, "a": "acme", "b": "acme"}
    kpi = world.kpi(world.rows(world.team("a", range(60), 31) + world.team("b", range(100, 120), 7)))
    disclosed = world(parents).night(kpi)
    assert world.row(disclosed, "acme")["numerator"] == 38.0
    assert world.row(disclosed, "a")["numerator"] is None
    assert world.row(disclosed, "a")["value"] == 0.52
    assert world.row(disclosed, "b")["numerator"] is None


@pytest.mark.parametrize("name", ["component", "variant"])
def test_a_mean_does_not_undo_a_bounded_share(world, name):
    # 6 of 6 favourable with a mean of 5.0 have all given the top answer.
    def points(rows, facts):
        mean = pl.when(pl.col(name) == "mean").then(pl.lit(4.2)).otherwise("value")
        return world.kpi(world.rows([])).kpi.estimate(rows, facts).with_columns(value=mean)

    def found(kind):
        team = world.team("acme", range(6), kind)
        answers = pl.concat(world.rows(team).with_columns(pl.lit(each).alias(name)) for each in ("main", "mean"))
        declared = world.kpi(answers, **{f"{name}s": ("main", "mean")}, estimate=points, bounds=(0.0, 10.0))
        return dict(world({"acme": None}).night(declared).rows.select(name, "state").iter_rows())

    assert found(6) == {"main": "published_bounded", "mean": "suppressed_complementary"}
    assert found(4) == {"main": "published", "mean": "published"}


def test_worst_case_bounds_do_not_undo_a_bounded_share(world):
    # 6 of 6 favourable, 3 more did not answer: 6/9 = 0.67 and the response rate 0.67 together are 1.00.
    def bounds(rows, facts):
        is_bound = pl.col("component") != "main"
        return (
            world.kpi(world.rows([]))
            .kpi.estimate(rows, facts)
            .with_columns(
                value=pl.when(is_bound).then(pl.col("value") * 6 / 9).otherwise("value"),
                interval_method=pl.when(is_bound).then(pl.lit("worst_case_bound")).otherwise("interval_method"),
            )
        )

    def found(kind):
        answers = pl.concat(world.rows(world.team("acme", range(6), kind), component=name) for name in WORST_CASES)
        return world({"acme": None}).night(world.kpi(answers, components=WORST_CASES, estimate=bounds)).rows

    assert dict(found(6).select("component", "state").iter_rows()) == {
        "main": "published_bounded",
        "worst_case_low": "suppressed_complementary",
        "worst_case_high": "suppressed_complementary",
    }
    assert set(found(4)["state"]) == {"published"}
