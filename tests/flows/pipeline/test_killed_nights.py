"""SIGKILL at commit boundaries and at random moments: the next run comes to the tables of a whole night.

Every other boundary here, to be quick; each boundary alone is a long campaign (`test_pipeline_soak.py`).
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.flows.pipeline.analyst import analysts, state_of
from tests.flows.pipeline.campaigns import (
    came_to,
    die_at_each,
    die_at_moments,
    random_moments,
    saw_whole_nights_only,
)
from tests.flows.pipeline.night_process import BEGUN, Plan
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT, deliver_first, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed

Copy = Callable[[Undisturbed, str], Path]
SOURCES = ("units", "members", "tickets", "thanks", "pulse")


def test_the_boundaries_cover_the_road_from_landing_to_housekeeping(second_night: Undisturbed) -> None:
    boundaries = second_night.outcome.boundaries

    assert boundaries[:2] == [BEGUN, "landed:units"]
    assert boundaries[-7:-3] == ["warehouse staged", "restatements", "ledger", "remembered"]
    assert boundaries[-3:] == ["published", "versions remembered", "lake tidied"]
    for source in SOURCES:
        stops = [name.partition(":")[0] for name in boundaries if name.endswith(f":{source}")]
        assert stops == ["landed", "staged", "quarantined", "accounted", "marked"]


def test_a_night_killed_at_every_other_boundary_comes_to_the_same_tables_while_analysts_work(
    first_night: Undisturbed, second_night: Undisturbed, copy_of: Copy
) -> None:
    # Two campaigns at once: two cores have work.
    boundaries = [name for name in second_night.outcome.boundaries if name != BEGUN][::2]
    even, odd = copy_of(first_night, "even"), copy_of(first_night, "odd")
    for folder in (even, odd):
        deliver_second(folder)
    night = Plan(SECOND_NIGHT)

    with analysts(odd) as found, ThreadPoolExecutor(2) as campaigns:
        list(campaigns.map(die_at_each, (even, odd), (night, night), (boundaries[::2], boundaries[1::2])))

    came_to(even, second_night)
    came_to(odd, second_night)
    saw_whole_nights_only(found[0], [state_of(first_night.folder), state_of(second_night.folder)])


def test_nights_killed_at_random_moments_come_to_the_same_tables(
    first_night: Undisturbed, second_night: Undisturbed, copy_of: Copy, tmp_path: Path
) -> None:
    chance = random.Random(20_250_712)
    boundaries = second_night.outcome.boundaries
    new, known = tmp_path / "new", copy_of(first_night, "known")
    deliver_first(new)
    deliver_second(known)
    moments = [random_moments(chance, boundaries, 2) for _ in range(2)]

    with ThreadPoolExecutor(2) as campaigns:
        nights = Plan(FIRST_NIGHT), Plan(SECOND_NIGHT)
        killed = list(campaigns.map(die_at_moments, (new, known), nights, (boundaries, boundaries), moments))

    assert sum(killed) > 1
    came_to(new, first_night)
    came_to(known, second_night)
