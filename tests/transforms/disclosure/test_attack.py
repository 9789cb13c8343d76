"""Random organisations against an attacker who knows linear algebra: within a night, over periods and over nights."""

import polars as pl
import pytest

from tests.transforms.disclosure.attacker import recovered
from tests.transforms.disclosure.histories import KINDS
from transforms.disclosure import ledger, publish_once, visible

AT_ONCE = 50
RULES = {
    "tree": (visible, "safe_to_show", lambda _, candidates: candidates.select("node")),
    "tree_of_tickets": (visible, "safe_to_show", lambda _, candidates: candidates.select("node")),
    "two_roles": (visible, "safe_to_show", lambda _, candidates: candidates.select("node")),
    "month_minus_month": (visible, "safe_to_show", lambda _, candidates: candidates.select("node")),
    "quarter_minus_months": (visible, "longer_than_their_parts", lambda _, shown: shown.select("node").clear()),
    "weeks_months_quarters": (visible, "cut_too_small", lambda _, shown: shown.select("node").clear()),
    "corrections": (publish_once, "_changed_in_a_few", lambda now, *_: now.select("node").clear()),
    "edited_answers": (publish_once, "_changed_in_a_few", lambda now, *_: now.select("node").clear()),
    "definition_versions": (
        ledger,
        "under_declared_version",
        lambda entries, kpis: entries.join(kpis, on=["kpi_id", "definition_version"], how="semi").with_columns(
            pl.lit(True).alias("is_own")
        ),
    ),
}


def found(world, kind, seeds):
    """The groups of 1 to 4 people the attacker recovers, by position of the history."""
    groups = {place: recovered(*known) for place, known in enumerate(KINDS[kind](world, seeds))}
    return {place: group for place, group in groups.items() if group}


@pytest.mark.parametrize("kind", KINDS)
def test_fifty_organisations_keep_their_groups_of_one_to_four(world, kind):
    assert found(world, kind, range(AT_ONCE)) == {}


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_organisations_keep_their_groups_of_one_to_four(world, kind):
    batches = [range(first, first + AT_ONCE) for first in range(0, 1000, AT_ONCE)]
    assert [found(world, kind, batch) for batch in batches] == [{}] * len(batches)


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_rule_the_attacker_finds_somebody(world, kind, monkeypatch):
    module, rule, nothing = RULES[kind]
    monkeypatch.setattr(module, rule, nothing)
    assert found(world, kind, range(10))


def test_value_interval_and_band_never_say_that_all_answered_alike(world):
    """Every share of 5 to 49 people. Values are not secret (0.40 of 5 to 9 can only be two of five; the attacker above
    takes all of them as exact); what everybody answered is.
    """
    shares = [(people, kind) for people in range(5, 50) for kind in range(people + 1)]
    happened = pl.concat(
        world.rows(world.team("acme", range(people), kind), variant=f"{people} {kind}") for people, kind in shares
    )
    rows = world({"acme": None}).night(world.kpi(happened)).rows
    said = [name for name in rows.columns if name not in ("variant", "run_id", "as_of")]
    counts = pl.col("variant").str.split(" ").list.to_struct(fields=["people", "kind"]).struct.unnest()
    is_mixed = (pl.col("kind") != "0") & (pl.col("kind") != pl.col("people"))
    by_what_is_said = rows.with_columns(counts).group_by(said).agg(is_mixed.any().alias("could_be_mixed"))
    assert rows.height == len(shares)
    assert by_what_is_said["could_be_mixed"].all()


def test_the_rules_leave_most_teams_their_numbers(world):
    # 5 departments of 8 teams; sizes as they are found: most teams have 5 to 25 people, one in ten is smaller.
    parents = {"acme": None} | {f"d{d}": "acme" for d in range(5)} | {f"t{t}": f"d{t % 5}" for t in range(40)}
    sizes = {f"t{t}": 1 + t % 4 if t % 10 == 0 else 5 + (7 * t) % 21 for t in range(40)}
    happened, first = [], 0
    for team, size in sizes.items():
        happened += world.team(team, range(first, first + size), size // 2)
        first += size
    states = world.states(world(parents).night(world.kpi(world.rows(happened))))
    large = [team for team, size in sizes.items() if size >= 5]
    assert sum(states[team].startswith("published") for team in large) / len(large) >= 0.85
    assert not any(states[team].startswith("published") for team, size in sizes.items() if size < 5)
