"""Every staged table is looked at when a night asks what changed."""

from flows.pipeline.remembered import TIMELESS
from transforms.contracts import STAGED
from transforms.facts.known import HAPPENED
from transforms.facts.touched import TIMES


def test_a_staged_table_has_a_time_by_which_its_rows_are_found_or_moves_every_period() -> None:
    assert sorted([*TIMES, *TIMELESS]) == sorted(STAGED)
    assert all(HAPPENED[table] in columns for table, columns in TIMES.items())
