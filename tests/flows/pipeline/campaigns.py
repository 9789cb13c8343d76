"""Campaigns against a night: kills one after the other, and the proof that nothing of them is left in the tables."""

from __future__ import annotations

import random
import signal
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tests.flows.pipeline.analyst import Seen, State
from tests.flows.pipeline.lake_state import contents, published, repeated_keys, unaccounted_pages
from tests.flows.pipeline.night_process import NightProcess, Plan, run, run_well
from tests.flows.pipeline.undisturbed import Undisturbed

# After these a night has seconds of work left; after the others, which follow, a blink.
_LAST_OF_THE_LONG_ROAD = "marked:pulse"
Moment = tuple[int, float]  # position of a boundary, and seconds after it


def came_to(folder: Path, night: Undisturbed) -> None:
    """The interrupted nights in `folder` ended where the undisturbed one did."""
    assert published(folder) == night.published
    assert contents(folder) == night.contents
    assert repeated_keys(folder) == []
    assert unaccounted_pages(folder) == []


def die_at_each(folder: Path, plan: Plan, boundaries: Sequence[str]) -> None:
    """Kill one run after the other, each at the next boundary, then let one come to its end."""
    for boundary in boundaries:
        died = run(folder, replace(plan, dies_at=boundary))
        assert died.exit_code == -signal.SIGKILL, (boundary, died)
    run_well(folder, plan)


def random_moments(chance: random.Random, boundaries: Sequence[str], count: int) -> list[Moment]:
    """Moments in the order in which a night comes to them; most lie between two boundaries."""
    long_road = boundaries.index(_LAST_OF_THE_LONG_ROAD) + 1
    positions = sorted(chance.randrange(len(boundaries) - 2) for _ in range(count))
    return [(place, chance.uniform(0, 0.8 if place < long_road else 0.1)) for place in positions]


def die_at_moments(folder: Path, plan: Plan, boundaries: Sequence[str], moments: Sequence[Moment]) -> int:
    """Kill one run after the other at the next moment, then let one come to its end; how many were really killed.

    A run does not do again what an earlier one finished, so a boundary it no longer has counts from the next it has.
    """
    killed = 0
    for position, seconds in moments:
        died = NightProcess(folder, plan).kill_after(seconds, boundaries[position:])
        assert died.exit_code in (-signal.SIGKILL, 0), died
        killed += died.exit_code != 0
    run_well(folder, plan)
    return killed


def saw_whole_nights_only(seen: Seen, nights: Sequence[tuple[State, State]]) -> None:
    """An open connection kept its snapshot; new ones saw whole nights only, in their order, from first to last.

    Data stewards' file is renamed first: for an instant it may be a night ahead of the analysts', never behind.
    """
    between = [(old[0], new[1]) for old, new in pairwise(nights)]
    in_order = [state for pair in zip(nights, between, strict=False) for state in pair] + [nights[-1]]
    assert len(set(in_order)) == len(in_order)
    places = [in_order.index(state) if state in in_order else None for state in seen.states]

    assert seen.troubles == []
    assert not seen.snapshot_changed
    assert seen.looks > 10
    assert None not in places
    assert places == sorted(place for place in places if place is not None)
    assert (places[0], places[-1]) == (0, len(in_order) - 1)
