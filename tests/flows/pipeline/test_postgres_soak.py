"""The long campaigns on PostgreSQL: every boundary and fifty random moments, and ten nights before fifty analysts."""

import datetime as dt
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.flows.pipeline.campaigns import came_to, die_at_each, die_at_moments, random_moments
from tests.flows.pipeline.lake_state import published, repeated_keys, unaccounted_pages
from tests.flows.pipeline.night_process import BEGUN, Plan, run_well
from tests.flows.pipeline.projection import moved_to, projected
from tests.flows.pipeline.server_analysts import saw_whole_nights, server_analysts, state_of
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT, deliver, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed
from tests.postgres_server import Server

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]
RANDOM_MOMENTS = 50
PIECES = range(8)  # of a campaign, so that one can be run alone
NIGHTS, ANALYSTS = 10, 50
DEATHS = ("landing purged", "staged:tickets", "warehouse staged", "ledger", "published")


@pytest.fixture
def database(postgres: Server) -> sa.URL:
    return postgres.database()


@pytest.fixture
def company(first_night: Undisturbed, database: sa.URL, tmp_path: Path) -> Path:
    """A company after its first night, whose second one publishes to PostgreSQL."""
    folder = Path(shutil.copytree(first_night.folder, tmp_path / "company"))
    projected(folder, database.render_as_string(hide_password=False))
    moved_to(folder, database.render_as_string(hide_password=False))
    return folder


@pytest.mark.parametrize("piece", PIECES)
def test_every_boundary_and_fifty_random_moments(
    piece: int,
    company: Path,
    first_night: Undisturbed,
    second_night: Undisturbed,
    postgres: Server,
    database: sa.URL,
    tmp_path: Path,
) -> None:
    deliver_second(company)
    boundaries = second_night.outcome.boundaries
    sizes = postgres.sizes(database)

    @contextmanager
    def one_death() -> Iterator[Path]:
        """The company on the eve of its second night, in lake and warehouse; it must come to that night's tables."""
        projected(first_night.folder, database.render_as_string(hide_password=False))
        folder = Path(shutil.copytree(company, tmp_path / "one-death"))
        yield folder
        came_to(folder, second_night)
        shutil.rmtree(folder)
        postgres.vacuum(database)

    for boundary in [name for name in boundaries if name != BEGUN][piece :: len(PIECES)]:
        with one_death() as folder:
            die_at_each(folder, Plan(SECOND_NIGHT), [boundary])
    killed = 0
    moments = random_moments(random.Random(20_250_719), boundaries, RANDOM_MOMENTS)[piece :: len(PIECES)]
    for moment in moments:
        with one_death() as folder:
            killed += die_at_moments(folder, Plan(SECOND_NIGHT), boundaries, [moment])

    assert killed > len(moments) * 0.8
    assert set(postgres.leftovers(database).values()) == {0}
    after = postgres.sizes(database)
    assert after.keys() == sizes.keys()
    assert {table: size for table, size in after.items() if size > 3 * sizes[table] + 1_000_000} == {}


def test_ten_nights_before_fifty_analysts(company: Path, database: sa.URL) -> None:
    url = database.render_as_string(hide_password=False)
    nights = [state_of(url)]

    with server_analysts(url, ANALYSTS, pause_seconds=2) as seen:
        for week in range(1, NIGHTS + 1):
            run_on = FIRST_NIGHT + dt.timedelta(weeks=week)
            deliver(
                company, last_on=run_on - dt.timedelta(days=1), thanks=300 + 9 * week, answered=14, is_corrected=True
            )
            die_at_each(company, Plan(run_on), [DEATHS[week % len(DEATHS)]])
            before = published(company)
            run_well(company, Plan(run_on))
            assert published(company) == before
            nights.append(state_of(url))

    saw_whole_nights(seen, nights)
    assert repeated_keys(company) == []
    assert unaccounted_pages(company) == []
