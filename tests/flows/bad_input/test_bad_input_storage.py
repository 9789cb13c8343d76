"""Disk full, damaged and unusable places: one line, exit code 13, and the published tables as they were."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.errors import LockedError, StorageError
from flows.lock import run_lock
from tests.flows.bad_input.desk import Desk

FULL = "the disk or a quota is full; free some space and run again"


@contextmanager
def files_of_at_most(n_bytes: int) -> Iterator[None]:
    """As on a full disk, no file can grow beyond this size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def complaint(desk: Desk) -> str:
    with pytest.raises(StorageError) as caught:
        desk.run()
    assert caught.value.exit_code == 13
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_disk_that_fills_up_while_the_warehouse_is_written(desk: Desk) -> None:
    warehouse = desk.folder / "var/warehouse.duckdb"
    desk.run()
    before = warehouse.read_bytes()
    desk.export("thanks.csv", "id,from,to,when\nt9,anna,cora,2026-03-20 10:00\n")

    with files_of_at_most(400_000):
        said = complaint(desk)

    assert said == f"warehouse {warehouse}: cannot write: {FULL}"
    assert warehouse.read_bytes() == before
    desk.run()
    assert desk.fates("thanks") == {"staged": 4}
    assert warehouse.read_bytes() != before


def test_a_disk_that_is_full_when_pages_land(desk: Desk) -> None:
    with files_of_at_most(300):
        said = complaint(desk)

    assert said.startswith(f"lake {desk.folder}/var/lake")
    assert said.endswith(f"cannot write: {FULL}") or said.endswith(f"cannot lock: {FULL}")


def test_a_lake_below_a_file(desk: Desk) -> None:
    desk.configure('name = "Small Desk"', 'name = "Small Desk"\n[lake]\nurl = "tickets.csv/lake"')

    assert "a part of the path is a file, not a folder; choose another lake url" in complaint(desk)


def test_a_warehouse_below_a_file(desk: Desk) -> None:
    desk.only("thanks")
    desk.configure('name = "Small Desk"', 'name = "Small Desk"\n[warehouse]\nurl = "duckdb:///tickets.csv/w.duckdb"')

    assert "a part of the path is a file, not a folder; choose another warehouse URL" in complaint(desk)


def test_a_damaged_warehouse_is_built_anew_by_the_next_night(desk: Desk) -> None:
    desk.only("thanks")
    warehouse = desk.folder / "var/warehouse.duckdb"
    warehouse.parent.mkdir()
    warehouse.write_bytes(b"this was a database once" * 1000)

    published = desk.run()

    assert published.rows["fct_recognition"] == 3


def test_a_damaged_table_of_the_lake_is_named(desk: Desk) -> None:
    desk.only("thanks")
    desk.run()
    (part,) = (Path(desk.settings().lake.url)).glob("**/recognition/**/*.parquet")
    part.write_bytes(b"PAR1 and nothing that follows")

    said = complaint(desk)

    assert "recognition" in said
    assert "the table is damaged; restore its folder from a backup" in said


def test_a_second_run_at_the_same_time_is_refused(desk: Desk) -> None:
    with run_lock(desk.settings().lake.url, "nightly-of-somebody-else"), pytest.raises(LockedError) as caught:
        desk.run()

    assert caught.value.exit_code == 15
    assert "in use by run nightly-of-somebody-else" in str(caught.value)
