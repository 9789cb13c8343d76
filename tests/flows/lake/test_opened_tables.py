"""A table is opened once per version, and a reader sees every commit, its own and others'."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl

from flows.lake import Lake

Rows = Callable[..., pl.DataFrame]
TABLE = "survey_item"
ONE = {"survey_id": "s", "item_id": "q1", "construct": "why"}


def constructs(lake: Lake) -> list[str]:
    return lake.read(TABLE)["construct"].to_list()


def test_a_table_is_opened_anew_only_for_a_newer_version(lake: Lake, rows: Rows) -> None:
    lake.merge(TABLE, rows(TABLE, ONE))
    first = lake.open(TABLE)

    assert first is not None
    assert lake.open(TABLE) is first
    lake.merge(TABLE, rows(TABLE, ONE | {"construct": "how"}))
    second = lake.open(TABLE)
    assert second is not None
    assert (first.version(), second.version()) == (0, 1)


def test_commits_of_others_are_seen(lake: Lake, rows: Rows) -> None:
    lake.merge(TABLE, rows(TABLE, ONE))
    assert constructs(lake) == ["why"]

    for construct in ("how", "what"):
        Lake(lake.location.root).merge(TABLE, rows(TABLE, ONE | {"construct": construct}))
        assert constructs(lake) == [construct]


def test_a_frame_stays_at_the_version_it_was_asked_at(lake: Lake, rows: Rows) -> None:
    lake.merge(TABLE, rows(TABLE, ONE))
    before = lake.scan(TABLE)
    lake.merge(TABLE, rows(TABLE, ONE | {"construct": "how"}))
    lake.tidy()

    assert before.select("construct").collect()["construct"].to_list() == ["why"]
    assert constructs(lake) == ["how"]


def test_a_table_in_the_place_of_another_is_read(lake: Lake, rows: Rows, tmp_path: Path) -> None:
    lake.merge(TABLE, rows(TABLE, ONE))
    assert constructs(lake) == ["why"]
    other = Lake(str(tmp_path / "other"))
    other.merge(TABLE, rows(TABLE, ONE | {"construct": "how"}))
    place = Path(lake.location.table(TABLE))
    place.rename(tmp_path / "aside")
    Path(other.location.table(TABLE)).rename(place)

    assert constructs(lake) == ["how"]


def test_a_log_that_was_changed_is_read_again(lake: Lake, rows: Rows) -> None:
    lake.merge(TABLE, rows(TABLE, ONE))
    assert constructs(lake) == ["why"]
    log = Path(lake.location.table(TABLE)) / "_delta_log" / f"{0:020}.json"
    actions = [line for line in log.read_text().splitlines() if "add" not in json.loads(line)]
    log.write_text("\n".join(actions))

    assert constructs(lake) == []


def test_what_a_writer_leaves_open_reads_like_the_table_opened_anew(lake: Lake, rows: Rows) -> None:
    two = ONE | {"item_id": "q2"}
    for change in (
        lambda: lake.merge(TABLE, rows(TABLE, ONE)),
        lambda: lake.merge(TABLE, rows(TABLE, two)),
        lambda: lake.merge(TABLE, rows(TABLE, ONE | {"construct": "how"})),
        lambda: lake.replace_where(TABLE, rows(TABLE, ONE | {"survey_id": "t"}), survey_id="t"),
        lambda: lake.replace_rows(TABLE, rows(TABLE, two).select("item_id"), rows(TABLE, ONE | {"construct": "what"})),
        lambda: lake.replace(TABLE, rows(TABLE, two | {"construct": "vision"})),
        lambda: lake.append(TABLE, rows(TABLE, ONE)),
    ):
        change()
        kept, anew = lake.open(TABLE), lake.open_anew(TABLE)
        assert kept is not None
        assert anew is not None
        assert kept is lake.open(TABLE)
        assert (kept.version(), sorted(kept.file_uris())) == (anew.version(), sorted(anew.file_uris()))
        assert kept.schema() == anew.schema()
        assert lake.read(TABLE).sort(*ONE).equals(Lake(lake.location.root).read(TABLE).sort(*ONE))


def test_an_earlier_version_is_opened_once(lake: Lake, rows: Rows) -> None:
    lake.merge(TABLE, rows(TABLE, ONE))
    lake.merge(TABLE, rows(TABLE, ONE | {"construct": "how"}))

    first = lake.open(TABLE, 0)

    assert lake.open(TABLE, 0) is first
    assert lake.read(TABLE, 0)["construct"].to_list() == ["why"]
    assert constructs(lake) == ["how"]
