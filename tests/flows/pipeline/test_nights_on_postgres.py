"""Nights on PostgreSQL, killed and repeated while analysts ask: they see whole nights, and all comes out the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.pipeline.campaigns import came_to, die_at_each
from tests.flows.pipeline.lake_state import published
from tests.flows.pipeline.night_process import Plan
from tests.flows.pipeline.projection import moved_to, projected
from tests.flows.pipeline.server_analysts import saw_whole_nights, server_analysts, state_of
from tests.flows.pipeline.small_company import SECOND_NIGHT, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed
from tests.postgres_server import Server

Copy = Callable[[Undisturbed, str], Path]
DEATHS = ("warehouse staged", "published")


@pytest.mark.soak
def test_nights_killed_while_five_analysts_ask(
    first_night: Undisturbed, second_night: Undisturbed, copy_of: Copy, postgres: Server
) -> None:
    database = postgres.database()
    url = database.render_as_string(hide_password=False)
    folder = moved_to(copy_of(first_night, "served"), url)
    projected(first_night.folder, url)
    assert published(folder) == first_night.published
    deliver_second(folder)
    nights = [state_of(url)]

    with server_analysts(url, 5) as seen:
        die_at_each(folder, Plan(SECOND_NIGHT), DEATHS)

    came_to(folder, second_night)
    saw_whole_nights(seen, [*nights, state_of(url)])
    assert set(postgres.leftovers(database).values()) == {0}
