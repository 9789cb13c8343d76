"""Pages as received: landed once, read back byte by byte, staged when the mapping asks for it, erased in time."""

import datetime as dt
import hashlib
import os
from pathlib import Path

import pytest

from flows.errors import StorageError
from flows.lake import Lake
from flows.lake import payload as payload_parts

NIGHT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
LATER = NIGHT + dt.timedelta(days=40)
PAGES = [("a.csv", b"id,name\n1,x\n"), ("b.csv", b""), ("archive.zip!c.csv", bytes(range(256)) * 100)]


def versions(lake: Lake) -> tuple[int | None, int]:
    """Versions of the register and of the bytes."""
    delta = lake.open("landing_payload")
    return lake.version("landed_page"), -1 if delta is None else delta.version()


def test_pages_come_back_byte_by_byte(lake: Lake) -> None:
    landed = lake.land("desk", PAGES, NIGHT)

    assert {
        name: lake.payload("desk", page) for page, name in landed.select("source_page", "page_name").iter_rows()
    } == dict(PAGES)
    assert dict(landed.select("page_name", "n_bytes").iter_rows()) == {name: len(content) for name, content in PAGES}
    assert not landed.get_column("is_staged").any()


def test_a_pages_id_is_the_hash_of_source_name_and_bytes(lake: Lake) -> None:
    landed = lake.land("desk", [("a.csv", b"hello")], NIGHT)

    assert landed.item(0, "source_page") == hashlib.sha256(b"desk\0a.csv\0hello").hexdigest()[:16]


def test_landing_the_same_pages_again_changes_nothing(lake: Lake) -> None:
    first = lake.land("desk", PAGES, NIGHT)
    before = versions(lake)

    again = lake.land("desk", [*PAGES, *PAGES], LATER)

    assert again.equals(first)
    assert versions(lake) == before


def test_a_changed_file_is_a_new_page_beside_the_old_one(lake: Lake) -> None:
    lake.land("desk", [("a.csv", b"one")], NIGHT)

    lake.land("desk", [("a.csv", b"two")], LATER)

    waiting = lake.unstaged("desk", "m1").get_column("source_page")
    assert [lake.payload("desk", page) for page in waiting] == [b"one", b"two"]


def test_a_large_page_is_stored_in_parts(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload_parts, "PART_BYTES", 1000)
    content = os.urandom(3500)

    page = lake.land("desk", [("big.csv", content)], NIGHT).item(0, "source_page")

    delta = lake.open("landing_payload")
    assert delta is not None
    assert lake.scan_opened(delta).select("part").collect().height == 4
    assert lake.payload("desk", page) == content


def test_bytes_are_compressed_and_stored_once(lake: Lake) -> None:
    lake.land("desk", [("a.csv", b"the same line again\n" * 100_000), ("b.csv", os.urandom(1_000_000))], NIGHT)

    stored = sum(
        file.stat().st_size for file in Path(lake.location.table("landing_payload")).rglob("*") if file.is_file()
    )

    assert stored < 1_050_000


def test_pages_wait_until_staged_and_again_when_the_mapping_changes(lake: Lake) -> None:
    pages = lake.land("desk", PAGES, NIGHT).get_column("source_page").to_list()
    lake.land("other", PAGES, NIGHT)

    lake.mark_staged("desk", dict.fromkeys(pages[:2], 1), "m1")

    assert lake.unstaged("desk", "m1").get_column("source_page").to_list() == pages[2:]
    assert sorted(lake.unstaged("desk", "m2").get_column("source_page")) == sorted(pages)
    assert lake.landed("desk").height == 3
    version = lake.version("landed_page")
    lake.mark_staged("desk", dict.fromkeys(pages[:2], 1), "m1")
    assert lake.version("landed_page") == version
    with pytest.raises(StorageError, match="never landed"):
        lake.mark_staged("desk", {"0000000000000000": 1}, "m1")


def test_retention_erases_bytes_of_staged_pages_only_and_from_the_disk(lake: Lake) -> None:
    lake.land("desk", [("new.csv", b"fresh")], LATER)
    old = lake.land("desk", [("old.csv", os.urandom(300_000)), ("waiting.csv", b"not staged yet")], NIGHT)
    old_id, waiting_id = old.get_column("source_page")
    lake.mark_staged("desk", {old_id: 1}, "m1")

    assert lake.purge_landing(NIGHT + dt.timedelta(days=30)) == 1

    with pytest.raises(StorageError, match="was erased after its retention; land it again"):
        lake.payload("desk", old_id)
    assert lake.payload("desk", waiting_id) == b"not staged yet"
    stored = sum(
        file.stat().st_size for file in Path(lake.location.table("landing_payload")).rglob("*") if file.is_file()
    )
    assert stored < 100_000
    assert lake.purge_landing(NIGHT + dt.timedelta(days=30)) == 0


def test_an_erased_page_is_not_asked_for_when_the_mapping_changes_but_is_named(lake: Lake) -> None:
    page = lake.land("desk", [("old.csv", b"old")], NIGHT).item(0, "source_page")
    lake.mark_staged("desk", {page: 1}, "m1")
    lake.purge_landing(LATER)

    assert lake.unstaged("desk", "m2").is_empty()
    assert lake.landed("desk").is_empty()
    assert lake.beyond_retention("desk", "m2").get_column("page_name").to_list() == ["old.csv"]
    assert lake.beyond_retention("desk", "m1").is_empty()


def test_an_erased_page_received_again_is_kept_again_and_not_staged_twice(lake: Lake) -> None:
    page = lake.land("desk", [("old.csv", b"old")], NIGHT).item(0, "source_page")
    lake.mark_staged("desk", {page: 1}, "m1")
    lake.purge_landing(LATER)

    again = lake.land("desk", [("old.csv", b"old")], LATER)

    assert again.select("landed_at", "is_staged", "mapping_hash").rows() == [(LATER, True, "m1")]
    assert lake.unstaged("desk", "m1").is_empty()
    assert lake.payload("desk", page) == b"old"


def test_bytes_without_a_register_row_are_taken_up_when_the_page_is_landed_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the two commits."""

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "merge", killed)
        with pytest.raises(KeyboardInterrupt):
            lake.land("desk", PAGES, NIGHT)
    assert lake.unstaged("desk", "m1").is_empty()

    landed = lake.land("desk", PAGES, NIGHT)

    assert landed.height == 3
    assert [lake.payload("desk", page) for page in landed.get_column("source_page")]
    assert lake.unstaged("desk", "m1").height == 3


def test_a_page_that_does_not_match_its_hash_is_damaged(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    page = lake.land("desk", [("a.csv", b"hello")], NIGHT).item(0, "source_page")
    monkeypatch.setattr("flows.lake.landing.read_pages", lambda *arguments: {page: b"hellO"})

    with pytest.raises(StorageError, match=f"page {page} of desk is damaged"):
        lake.payload("desk", page)


def test_an_unknown_page_is_named(lake: Lake) -> None:
    with pytest.raises(StorageError, match="source desk has no landed page 0000000000000000"):
        lake.payload("desk", "0000000000000000")
