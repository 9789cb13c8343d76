"""Enough different people behind every number, in every role."""

import polars as pl
import pytest

from transforms.disclosure.primary import band, band_edge


def test_a_team_of_four_never_has_a_number(world):
    acme = world({"acme": None, "four": "acme", "five": "acme"})
    observations = world.rows(world.team("four", range(4), 2) * 10 + world.team("five", range(10, 15), 2))
    disclosed = acme.night(world.kpi(observations, person_based=False))
    four = world.row(disclosed, "four")
    assert four["state"] == "suppressed_primary"
    carried = {name for name, value in four.items() if value is not None}
    assert carried == {
        "kpi_id", "definition_version", "component", "variant", "org_unit_id", "period_grain", "period_start",
        "period_end", "principle", "org_level", "state", "as_of", "run_id",
    }  # fmt: skip


def test_many_answers_of_few_people_are_few_people(world):
    acme = world({"acme": None})
    assert world.states(acme.night(world.kpi(world.rows(world.team("acme", range(4)) * 50)))) == {
        "acme": "suppressed_primary"
    }


@pytest.mark.parametrize(("requesters", "state"), [(4, "suppressed_primary"), (5, "published")])
def test_every_role_the_kpi_names_must_be_enough(world, requesters, state):
    # Six agents; between them four, or five, requesters.
    observations = world.rows(world.team("acme", range(6), 3)).rename({"respondent_key": "agent_key"})
    pairs = observations.with_columns(
        pl.Series("requester_key", [f"p_{100 + min(n, requesters - 1):032x}" for n in range(6)])
    )
    kpi = world.kpi(pairs, people=("agents", "requesters"), person_based=False)
    assert world.states(world({"acme": None}).night(kpi)) == {"acme": state}


def test_a_role_nobody_fills_is_not_enough(world):
    observations = world.rows(world.team("acme", range(9))).with_columns(agent_key=pl.lit(None, dtype=pl.String))
    kpi = world.kpi(observations, people=("agents", "respondents"))
    assert world.states(world({"acme": None}).night(kpi)) == {"acme": "suppressed_primary"}


def test_the_largest_of_the_minimums_counts(world):
    observations = world.rows(world.team("acme", range(9), 4))
    assert world.states(world({"acme": None}).night(world.kpi(observations, minimum_group=10))) == {
        "acme": "suppressed_primary"
    }
    assert world.states(world({"acme": None}).night(world.kpi(observations), minimum_group=10)) == {
        "acme": "suppressed_primary"
    }
    assert world.states(world({"acme": None}).night(world.kpi(observations, minimum_group=9))) == {"acme": "published"}


def crowd(world, unit, answers_to_two_items):
    items = [item for item, count in zip("ab", answers_to_two_items, strict=True) for _ in range(count)]
    return world.rows([(unit, 0, float(n % 2)) for n in range(len(items))]).with_columns(
        pl.lit(None, dtype=pl.String).alias("respondent_key"), pl.Series("crowd_item_id", items)
    )


def test_answers_without_a_person_count_by_the_largest_item_of_each_unit(world):
    # Unit a: 4 and 3 answers, so 4 people; unit b: 2 and 6, so 6; the company 10.
    observations = pl.concat([crowd(world, "a", (4, 3)), crowd(world, "b", (2, 6))])
    disclosed = world({"acme": None, "a": "acme", "b": "acme"}).night(world.kpi(observations))
    assert world.states(disclosed) == {
        "a": "suppressed_primary",
        "b": "suppressed_complementary",
        "acme": "published",
    }
    assert world.row(disclosed, "acme")["n_people_band"] == "10-19"


def test_known_and_counted_people_may_be_the_same(world):
    known = world.rows(world.team("acme", range(3))).with_columns(crowd_item_id=pl.lit(None, dtype=pl.String))
    disclosed = world({"acme": None}).night(world.kpi(pl.concat([known, crowd(world, "acme", (3, 0))])))
    assert world.states(disclosed) == {"acme": "suppressed_primary"}


def test_bands_and_their_lower_edges():
    people = pl.DataFrame({"n": [4, 5, 9, 10, 19, 20, 49, 50, 999]})
    judged = people.select(band(pl.col("n")).alias("band"), band_edge(pl.col("n")).alias("edge"))
    assert judged["band"].to_list() == [None, "5-9", "5-9", "10-19", "10-19", "20-49", "20-49", "50+", "50+"]
    assert judged["edge"].to_list() == [None, 5, 5, 10, 10, 20, 20, 50, 50]
