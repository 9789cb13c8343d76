"""Every staged table is looked at when a night asks what changed."""

import polars as pl
import pytest

from flows.pipeline.remembered import TIMELESS
from transforms.contracts import STAGED
from transforms.facts.identities import ALIASES, moves_known_people
from transforms.facts.known import HAPPENED
from transforms.facts.times import TIMES


def test_a_staged_table_has_a_time_by_which_its_rows_are_found_or_moves_every_period() -> None:
    assert sorted([*TIMES, *TIMELESS, ALIASES]) == sorted(STAGED)
    assert all(column in TIMES[table] for table, column in HAPPENED.items())


@pytest.mark.parametrize(
    ("aliases", "moves"),
    [
        ([("ann-at-a", "ann"), ("ann-at-b", "ann")], False),  # a new name of somebody known: no row bears it yet
        ([("ann", "anna")], True),
        ([("ann-at-a", "bob")], True),
        ([], True),  # the name her old rows bear is nobody's any more
        ([("ann-at-a", "ann"), ("new", "newcomer")], False),
    ],
)
def test_other_names_move_every_period_where_rows_bear_them(aliases: list[tuple[str, str]], moves: bool) -> None:
    names = {"alias_key": pl.String, "person_key": pl.String}
    then = pl.DataFrame([("ann-at-a", "ann")], schema=names, orient="row")
    now = pl.DataFrame(aliases, schema=names, orient="row")
    rows = STAGED["ticket"].create_empty().select("agent_key", "requester_key")
    tickets = pl.concat([rows, pl.DataFrame({"agent_key": ["ann-at-a", "ann"], "requester_key": ["guest", "guest"]})])

    assert moves_known_people(then, now, {"ticket": tickets.lazy()}) == moves
