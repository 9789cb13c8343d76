"""The long campaign: every boundary and fifty random moments, each alone, on a new and on a known lake; ten nights."""

import datetime as dt
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.flows.pipeline.analyst import analysts, state_of
from tests.flows.pipeline.campaigns import came_to, die_at_each, die_at_moments, random_moments, saw_whole_nights_only
from tests.flows.pipeline.lake_state import published, repeated_keys, unaccounted_pages
from tests.flows.pipeline.night_process import BEGUN, Plan, run_well
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT, deliver, deliver_first, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]
RANDOM_MOMENTS = 25  # on each of the two lakes
PIECES = range(4)  # of a campaign, so that one can be run alone
NIGHTS = 10
Stage = tuple[Plan, Undisturbed, Callable[[str], Path]]
DEATHS = ("landing purged", "staged:tickets", "warehouse staged", "ledger", "published")


@pytest.fixture(params=["a new lake", "a known lake"])
def stage_of(
    request: pytest.FixtureRequest, first_night: Undisturbed, second_night: Undisturbed, tmp_path: Path
) -> Stage:
    """The night to disturb, what it must come to, and a function that makes a folder for it."""
    is_new = request.param == "a new lake"

    def prepare(name: str) -> Path:
        folder = tmp_path / name
        if is_new:
            deliver_first(folder)
        else:
            shutil.copytree(first_night.folder, folder)
            deliver_second(folder)
        return folder

    return (Plan(FIRST_NIGHT), first_night, prepare) if is_new else (Plan(SECOND_NIGHT), second_night, prepare)


@pytest.mark.parametrize("piece", PIECES)
def test_each_boundary_alone(stage_of: Stage, piece: int) -> None:
    plan, night, prepare = stage_of
    boundaries = [name for name in night.outcome.boundaries if name != BEGUN]

    def campaign(boundary: str) -> None:
        folder = prepare(boundary.replace(":", "-"))
        die_at_each(folder, plan, [boundary])
        came_to(folder, night)
        shutil.rmtree(folder)

    with ThreadPoolExecutor(2) as campaigns:
        list(campaigns.map(campaign, boundaries[piece :: len(PIECES)]))

    assert len(boundaries) > 30


@pytest.mark.parametrize("piece", PIECES)
def test_each_random_moment_alone(stage_of: Stage, piece: int) -> None:
    plan, night, prepare = stage_of
    chance = random.Random(f"{plan.run_on}")
    boundaries = night.outcome.boundaries

    def campaign(number_and_moment: tuple[int, tuple[int, float]]) -> int:
        number, moment = number_and_moment
        folder = prepare(f"moment-{number}")
        killed = die_at_moments(folder, plan, boundaries, [moment])
        came_to(folder, night)
        shutil.rmtree(folder)
        return killed

    moments = list(enumerate(random_moments(chance, boundaries, RANDOM_MOMENTS)))[piece :: len(PIECES)]
    with ThreadPoolExecutor(2) as campaigns:
        killed = list(campaigns.map(campaign, moments))

    assert sum(killed) > len(moments) * 0.8


def test_ten_nights_under_the_eyes_of_analysts(first_night: Undisturbed, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(first_night.folder, tmp_path / "company"))
    states = [state_of(folder)]

    with analysts(folder) as one, analysts(folder) as another:
        for week in range(1, NIGHTS + 1):
            run_on = FIRST_NIGHT + dt.timedelta(weeks=week)
            deliver(
                folder, last_on=run_on - dt.timedelta(days=1), thanks=300 + 9 * week, answered=14, is_corrected=True
            )
            die_at_each(folder, Plan(run_on), [DEATHS[week % len(DEATHS)]])
            before = published(folder)
            run_well(folder, Plan(run_on))
            assert published(folder) == before
            states.append(state_of(folder))

    for seen in (one[0], another[0]):
        saw_whole_nights_only(seen, states)
    assert repeated_keys(folder) == []
    assert unaccounted_pages(folder) == []
