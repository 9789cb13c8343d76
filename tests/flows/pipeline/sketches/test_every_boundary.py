"""SIGKILL at every commit boundary, on DuckDB and on PostgreSQL, before the eyes of analysts; nights are sketched."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from tests.flows.pipeline.analyst import analysts
from tests.flows.pipeline.analyst import state_of as state_of_file
from tests.flows.pipeline.campaigns import came_to, die_at_each, saw_whole_nights_only
from tests.flows.pipeline.night_process import BEGUN, Plan, run_well
from tests.flows.pipeline.projection import moved_to, projected
from tests.flows.pipeline.server_analysts import saw_whole_nights, server_analysts, state_of
from tests.flows.pipeline.small_company import SECOND_NIGHT, deliver, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed
from tests.postgres_server import Server

REMEMBERED = ["meta_restatement", "publication_ledger"]  # a kill between two of these commits must not lose the second
Copy = Callable[[Undisturbed, str], Path]
SECOND = Plan(SECOND_NIGHT, is_sketched=True)
THIRD = Plan(SECOND_NIGHT + dt.timedelta(weeks=1), is_sketched=True)


def boundaries_of(night: Undisturbed) -> list[str]:
    return [name for name in night.outcome.boundaries if name != BEGUN]


def test_a_sketched_night_passes_every_kind_of_boundary(first_sketch: Undisturbed, second_sketch: Undisturbed) -> None:
    kinds = [name.partition(":")[0] for name in boundaries_of(second_sketch)]
    grown = [name for name in REMEMBERED if first_sketch.contents[name] != second_sketch.contents[name]]

    assert list(dict.fromkeys(kinds)) == [
        "landed",
        "landing purged",
        "staged",
        "quarantined",
        "accounted",
        "marked",
        "affected parts computed",
        "warehouse staged",
        "restatements",
        "ledger",
        "remembered",
        "published",
        "versions remembered",
        "lake tidied",
    ]
    assert grown == REMEMBERED


def test_nights_killed_at_every_boundary_on_duckdb(
    first_sketch: Undisturbed, second_sketch: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(first_sketch, "killed")
    deliver_second(folder)

    with analysts(folder, pause_seconds=1) as found:
        die_at_each(folder, SECOND, boundaries_of(second_sketch))

    came_to(folder, second_sketch)
    saw_whole_nights_only(found[0], [state_of_file(first_sketch.folder), state_of_file(second_sketch.folder)])


def test_nights_killed_at_every_boundary_on_postgres(
    first_sketch: Undisturbed, second_sketch: Undisturbed, copy_of: Copy, postgres: Server
) -> None:
    database = postgres.database()
    url = database.render_as_string(hide_password=False)
    projected(first_sketch.folder, url)
    folder = moved_to(copy_of(first_sketch, "served"), url)
    deliver_second(folder)
    nights = [state_of(url)]

    with server_analysts(url, 5, pause_seconds=1) as seen:
        die_at_each(folder, SECOND, boundaries_of(second_sketch))
        came_to(folder, second_sketch)
        nights.append(state_of(url))
        deliver(folder, last_on=dt.date(2025, 7, 18), thanks=360, answered=14, is_corrected=True)
        run_well(folder, THIRD)
        nights.append(state_of(url))

    saw_whole_nights(seen, nights)
    assert set(postgres.leftovers(database).values()) == {0}
