"""SIGKILL at random moments of a whole night: the next run comes to the tables of one that was never killed.

Every boundary is in `test_every_boundary.py`; each alone, and many more moments, are long campaigns.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.flows.pipeline.campaigns import came_to, die_at_moments, random_moments
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
