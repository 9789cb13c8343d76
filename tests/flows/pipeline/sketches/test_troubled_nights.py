"""What goes wrong around a night: one clear line, the right exit code, nothing lost, and the next good run mends it.

Each trouble meets a (sketched) night; published tables stay what they were, and the good run at the end comes to the
tables of a night that nothing happened to.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.errors import ConfigurationError, StorageError
from flows.lake import Lake
from flows.pipeline.clock import TOLERANCE, require_clock_goes_forward
from flows.pipeline.computing import facts_of
from flows.pipeline.night import Night
from flows.settings import load_settings
from tests.flows.bad_input.desk import Desk
from tests.flows.lake.conftest import rows_of
from tests.flows.pipeline.campaigns import came_to
from tests.flows.pipeline.hardship import read_only
from tests.flows.pipeline.lake_state import published
from tests.flows.pipeline.night_process import NightProcess, Plan, run, run_well
from tests.flows.pipeline.projection import moved_to, projected
from tests.flows.pipeline.small_company import SECOND_NIGHT, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed
from tests.postgres_server import Server

Copy = Callable[[Undisturbed, str], Path]
SECOND = Plan(SECOND_NIGHT, is_sketched=True)
DENIED = "permission is denied; check who owns the folder"


def complaint(folder: Path, plan: Plan, exit_code: int) -> str:
    """The one line of a night that fails with this exit code."""
    outcome = run(folder, plan)
    assert (outcome.exit_code, outcome.error.count("\n")) == (exit_code, 0), outcome
    return outcome.error


def test_troubles_with_folders_disk_files_and_other_runs(
    first_sketch: Undisturbed, second_sketch: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(first_sketch, "troubled")
    deliver_second(folder)
    lake, log = folder / "lake", folder / "lake/ticket_event/_delta_log/00000000000000000000.json"
    content = log.read_bytes()

    with read_only(lake):
        lake_denied = complaint(folder, replace(SECOND, obeys_modes=True), 13)
    with read_only(folder / "exports"), read_only(lake / "ticket_event"):
        table_denied = complaint(folder, replace(SECOND, obeys_modes=True), 13)
    lake_full = complaint(folder, replace(SECOND, largest_file=12_000), 13)
    warehouse_full = complaint(folder, replace(SECOND, largest_file=400_000), 13)
    folder.chmod(0o555)
    warehouse_denied = complaint(folder, replace(SECOND, obeys_modes=True), 13)
    folder.chmod(0o755)
    log.write_bytes(content[: len(content) // 2])
    damaged = complaint(folder, SECOND, 13)
    log.write_bytes(content)
    one = NightProcess(folder, replace(SECOND, waits_at="landing purged"))
    one.wait_for("landing purged")
    locked = complaint(folder, SECOND, 15)
    before = published(folder)
    one.go_on()

    assert lake_denied.startswith(f"lake {lake}")
    assert table_denied.startswith(f"lake {lake}/ticket_event: cannot write: ")
    assert DENIED in lake_denied
    assert DENIED in table_denied
    assert lake_full.startswith(f"lake {lake}/")
    assert warehouse_full.startswith(f"warehouse {folder}/warehouse.duckdb: cannot write: ")
    assert "the disk or a quota is full; free some space and run again" in lake_full
    assert "the disk or a quota is full; free some space and run again" in warehouse_full
    assert warehouse_denied == f"warehouse {folder}/warehouse.duckdb: cannot write: {DENIED}"
    assert damaged.startswith(f"lake {lake}/ticket_event: cannot ")
    assert "the table is damaged; restore its folder from a backup" in damaged
    assert "is in use by run nightly-" in locked
    assert before == first_sketch.published
    assert one.outcome().exit_code == 0
    came_to(folder, second_sketch)


def test_a_damaged_table_that_is_read_late_is_said_in_one_line(first_sketch: Undisturbed, copy_of: Copy) -> None:
    folder = copy_of(first_sketch, "damaged")
    for file in (folder / "lake/ticket_event").rglob("*.parquet"):
        content = file.read_bytes()
        file.write_bytes(content[:200] + b"\0" * (len(content) // 2 - 200) + content[len(content) // 2 :])

    with pytest.raises(StorageError, match="cannot read: the table is damaged; restore its folder from a backup"):
        facts_of(load_settings(folder / "culture-kpis.toml"), Lake(str(folder / "lake")), SECOND_NIGHT)


def test_troubles_with_a_database_server(
    first_sketch: Undisturbed, second_sketch: Undisturbed, copy_of: Copy, postgres: Server
) -> None:
    database = postgres.database()
    url = projected(first_sketch.folder, text(database))
    folder = moved_to(copy_of(first_sketch, "served"), url)
    deliver_second(folder)
    with postgres.admin() as admin:
        admin.execute("CREATE ROLE nightly_run LOGIN PASSWORD 'another'")
        postgres.ask_for_password_of("nightly_run")

    moved_to(folder, text(database.set(username="nightly_run", password="s3cret")))
    refused = complaint(folder, SECOND, 13)
    moved_to(folder, text(postgres.empty_database()))
    unmigrated = complaint(folder, SECOND, 13)
    n_pages = Lake(str(folder / "lake")).read("landed_page").height
    moved_to(folder, url)
    postgres.limit_files(20_000)
    full = complaint(folder, SECOND, 13)
    postgres.limit_files(None)
    cut = NightProcess(folder, replace(SECOND, waits_at="remembered"))
    cut.wait_for("remembered")
    with postgres.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.database])
    cut.go_on()
    lost = cut.outcome()

    assert "user or password is wrong; set PGPASSWORD or ~/.pgpass" in refused
    assert "s3cret" not in refused
    assert "it has no tables yet; run `culture-kpis warehouse upgrade`" in unmigrated
    # Both are said before the night's work.
    assert n_pages == Lake(str(first_sketch.folder / "lake")).read("landed_page").height
    assert "the database's disk is full; free some space and run again" in full
    assert lost.exit_code == 13
    assert "cannot publish: the connection was lost; nothing was changed, run again" in lost.error
    assert published(folder) == first_sketch.published
    run_well(folder, SECOND)
    came_to(folder, second_sketch)


def test_a_clock_that_steps_back_is_said_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", "a key that only this test knows, of good length")
    desk = Desk.opened_in(tmp_path)
    night = Night.begin(desk.settings(), dt.date(2026, 3, 31), "nightly")
    before, after = (night.started_at + step for step in (-TOLERANCE, TOLERANCE + dt.timedelta(minutes=1)))
    desk.lake.merge("meta_run", rows_of("meta_run", {"run_id": "night-1", "started_at": after}))

    with pytest.raises(ConfigurationError) as caught:
        desk.run()

    said = str(caught.value)
    assert caught.value.exit_code == 14
    assert "\n" not in said
    assert f"but run night-1 began at {after:%Y-%m-%d %H:%M}: set the clock" in said
    assert desk.lake.version("landed_page") is None
    require_clock_goes_forward(desk.lake, replace(night, started_at=after - TOLERANCE))
    with pytest.raises(ConfigurationError):
        require_clock_goes_forward(desk.lake, replace(night, started_at=before))


def text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)
