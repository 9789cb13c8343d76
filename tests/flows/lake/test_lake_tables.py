"""Tables of the lake: merging is idempotent, nothing gets a version for nothing, and earlier versions stay readable."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from flows.errors import DataQualityError, StorageError
from flows.lake import LAKE_TABLES, Lake, Merged

Rows = Callable[..., pl.DataFrame]


def at(day: int) -> dt.datetime:
    """Midnight of a day of January 2026, UTC."""
    return dt.datetime(2026, 1, day, tzinfo=dt.UTC)


def ticket(number: int, day: int, status: str = "open", page: str = "p1") -> dict[str, Any]:
    """One version of a ticket."""
    return {
        "source": "desk",
        "source_page": page,
        "source_row": number,
        "ticket_id": str(number),
        "created_at": at(1),
        "updated_at": at(day),
        "status": status,
    }


def statuses(lake: Lake, version: int | None = None) -> dict[str, str]:
    """Status by ticket."""
    return dict(lake.read("ticket", version).select("ticket_id", "status").sort("ticket_id").iter_rows())


@pytest.mark.parametrize("table", LAKE_TABLES)
def test_a_table_never_written_is_empty_and_has_its_contracts_shape(lake: Lake, table: str) -> None:
    frame = lake.scan(table).collect()

    assert frame.is_empty()
    assert frame.schema == LAKE_TABLES[table].create_empty().schema
    assert lake.version(table) is None


@pytest.mark.parametrize("table", LAKE_TABLES)
def test_every_table_comes_back_as_it_was_merged(lake: Lake, rows: Rows, table: str) -> None:
    frame = rows(table, {})

    assert lake.merge(table, frame) == Merged(inserted=1, updated=0, unchanged=0, outdated=0)
    assert_frame_equal(lake.read(table), frame)
    assert lake.merge(table, frame).changed == 0
    assert lake.version(table) == 0


def test_merge_inserts_updates_and_leaves_the_rest(lake: Lake, rows: Rows) -> None:
    lake.merge("ticket", rows("ticket", ticket(1, 2), ticket(2, 2)))

    merged = lake.merge("ticket", rows("ticket", ticket(2, 3, "solved"), ticket(3, 3)))

    assert merged == Merged(inserted=1, updated=1, unchanged=0, outdated=0)
    assert statuses(lake) == {"1": "open", "2": "solved", "3": "open"}
    assert lake.version("ticket") == 1


def test_rows_are_found_wherever_their_keys_lie(lake: Lake, rows: Rows) -> None:
    """Updates look only into files within the range of the keys they found; new keys may lie beside it."""
    ids = ["a", "it's", "m", "z"]
    for item in ids:
        lake.merge("survey_item", rows("survey_item", {"item_id": item, "construct": "old"}))

    merged = lake.merge(
        "survey_item",
        rows("survey_item", *({"item_id": item, "construct": "new"} for item in ("it's", "m", "A", "zz"))),
    )

    assert (merged.inserted, merged.updated) == (2, 2)
    held = dict(lake.read("survey_item").select("item_id", "construct").iter_rows())
    assert held == {"a": "old", "it's": "new", "m": "new", "z": "old", "A": "new", "zz": "new"}


def test_an_older_version_of_a_row_never_wins(lake: Lake, rows: Rows) -> None:
    lake.merge("ticket", rows("ticket", ticket(1, 9, "closed")), newest_by="updated_at")

    merged = lake.merge("ticket", rows("ticket", ticket(1, 5, "open")), newest_by="updated_at")

    assert merged == Merged(inserted=0, updated=0, unchanged=0, outdated=1)
    assert statuses(lake) == {"1": "closed"}
    assert lake.version("ticket") == 0


def test_of_several_versions_in_one_frame_the_newest_wins_and_of_equals_the_last(lake: Lake, rows: Rows) -> None:
    frame = rows("ticket", ticket(1, 9, "closed"), ticket(1, 5), ticket(2, 5, "new"), ticket(2, 5, "pending"))

    lake.merge("ticket", frame, newest_by="updated_at")

    assert statuses(lake) == {"1": "closed", "2": "pending"}


def test_the_same_version_mapped_anew_replaces_the_old_mapping(lake: Lake, rows: Rows) -> None:
    lake.merge("ticket", rows("ticket", ticket(1, 5, "open")), newest_by="updated_at")

    lake.merge("ticket", rows("ticket", ticket(1, 5, "solved")), newest_by="updated_at")

    assert statuses(lake) == {"1": "solved"}


def test_a_row_that_says_the_same_from_another_page_or_run_changes_nothing(lake: Lake, rows: Rows) -> None:
    lake.merge("ticket", rows("ticket", ticket(1, 5, page="p1")))
    lake.merge("meta_row_accounting", rows("meta_row_accounting", {"n_rows": 7, "run_id": "a", "as_of": at(1)}))

    assert lake.merge("ticket", rows("ticket", ticket(1, 5, page="p2"))).unchanged == 1
    lake.merge("meta_row_accounting", rows("meta_row_accounting", {"n_rows": 7, "run_id": "b", "as_of": at(2)}))

    assert lake.read("ticket").item(0, "source_page") == "p1"
    assert lake.read("meta_row_accounting").item(0, "run_id") == "a"
    assert (lake.version("ticket"), lake.version("meta_row_accounting")) == (0, 0)


def test_null_lists_and_empty_lists_are_told_apart(lake: Lake, rows: Rows) -> None:
    one = {"recognition_id": "1", "receiver_key": "p", "tags": None}
    lake.merge("recognition", rows("recognition", one))

    assert lake.merge("recognition", rows("recognition", one)).unchanged == 1
    assert lake.merge("recognition", rows("recognition", one | {"tags": []})).updated == 1
    assert lake.merge("recognition", rows("recognition", one | {"tags": ["why", "how"]})).updated == 1
    assert lake.read("recognition").item(0, "tags").to_list() == ["why", "how"]


def test_events_are_merged_within_the_months_they_fall_in(lake: Lake, rows: Rows) -> None:
    def event(month: int, value: str) -> dict[str, Any]:
        return {
            "ticket_id": "1",
            "at": dt.datetime(2026, month, 3, tzinfo=dt.UTC),
            "event_type": "status",
            "value": value,
        }

    lake.merge("ticket_event", rows("ticket_event", *(event(month, "open") for month in (1, 2, 3))))
    before = set(Path(lake.location.root).rglob("at_month=2026-01/*.parquet"))

    merged = lake.merge("ticket_event", rows("ticket_event", event(3, "solved"), event(4, "open")))

    assert merged == Merged(inserted=1, updated=1, unchanged=0, outdated=0)
    assert lake.read("ticket_event").sort("at").get_column("value").to_list() == ["open", "open", "solved", "open"]
    assert set(Path(lake.location.root).rglob("at_month=2026-01/*.parquet")) == before


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_repetition_of_batches_gives_the_same_table(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, data: st.DataObject
) -> None:
    versions = [(number, day) for number in (1, 2, 3) for day in (2, 3, 4)]
    batches = [rows("ticket", ticket(number, day, f"s{day}")) for number, day in versions]
    order = data.draw(st.lists(st.sampled_from(range(9)), min_size=3, max_size=6))
    lake = Lake(str(tmp_path_factory.mktemp("lake")))

    for index in order:
        lake.merge("ticket", batches[index], newest_by="updated_at")

    newest: dict[str, str] = {}
    for number, day in sorted(versions[index] for index in order):
        newest[str(number)] = f"s{day}"
    assert statuses(lake) == newest


def test_append_keeps_what_is_stored_and_repeats_add_nothing(lake: Lake, rows: Rows) -> None:
    first = rows("publication_ledger", {"kpi_id": "csat", "people": ["p_1"], "contributions": [4], "row_json": "{}"})

    assert lake.append("publication_ledger", first) == 1
    assert lake.append("publication_ledger", first.with_columns(row_json=pl.lit("other"))) == 0

    assert_frame_equal(lake.read("publication_ledger"), first)
    assert lake.version("publication_ledger") == 0


def test_replace_writes_only_a_difference(lake: Lake, rows: Rows) -> None:
    two = rows("published_kpi_value", {"kpi_id": "csat", "value": 0.5}, {"kpi_id": "nps", "value": 0.1})

    assert lake.replace("published_kpi_value", two)
    assert not lake.replace("published_kpi_value", two.reverse().with_columns(run_id=pl.lit("another night")))
    assert lake.replace("published_kpi_value", two.head(1))

    assert lake.read("published_kpi_value").get_column("kpi_id").to_list() == ["csat"]
    assert lake.version("published_kpi_value") == 1


def test_replace_where_touches_only_its_rows(lake: Lake, rows: Rows) -> None:
    def check(source: str, rule: str, failed: int = 0) -> dict[str, Any]:
        return {"run_id": "a", "gate": "staged", "source": source, "rule": rule, "n_failed": failed}

    lake.replace_where("meta_validation", rows("meta_validation", check("a", "r1")), source="a", gate="staged")
    lake.replace_where("meta_validation", rows("meta_validation", check("b", "r1")), source="b", gate="staged")
    again = rows("meta_validation", check("a", "r1")).with_columns(run_id=pl.lit("b"))

    assert not lake.replace_where("meta_validation", again, source="a", gate="staged")
    changed = rows("meta_validation", check("a", "r2", 3))
    assert lake.replace_where("meta_validation", changed, source="a", gate="staged")

    assert sorted(lake.read("meta_validation").select("source", "rule", "n_failed").rows()) == [
        ("a", "r2", 3),
        ("b", "r1", 0),
    ]
    assert lake.version("meta_validation") == 2
    with pytest.raises(DataQualityError, match="rows lie outside"):
        lake.replace_where("meta_validation", changed, source="b", gate="staged")


def test_rows_that_are_named_become_those_that_come_in(lake: Lake, rows: Rows) -> None:
    def promises(**tickets: str) -> pl.DataFrame:
        return rows("fct_promise", *({"promise_id": one, "ticket_id": of} for one, of in tickets.items()))

    def held() -> dict[str, str]:
        return dict(lake.read("fct_promise").sort("promise_id").select("promise_id", "ticket_id").iter_rows())

    named = pl.DataFrame({"ticket_id": ["t1", "t2"]})
    lake.replace_rows("fct_promise", named, promises(b="t1", a="t1", c="t2", d="t3", z="t9"))
    # `b` is gone, `c` another ticket's, `d` was a row's that is not named, `e` is new.
    lake.replace_rows("fct_promise", named, promises(a="t1", c="t1", d="t2", e="t2"))

    assert held() == {"a": "t1", "c": "t1", "d": "t2", "e": "t2", "z": "t9"}
    version = lake.version("fct_promise")
    lake.replace_rows("fct_promise", named, promises(e="t2", d="t2", c="t1", a="t1"))
    assert lake.version("fct_promise") == version
    lake.replace_rows("fct_promise", named, promises())
    assert held() == {"z": "t9"}


def test_delete_pages_takes_a_pages_rows_except_those_kept(lake: Lake, rows: Rows) -> None:
    lake.merge("ticket", rows("ticket", ticket(1, 2), ticket(2, 2), ticket(3, 2, page="p2")))

    assert lake.delete_pages("ticket", "desk", ["p1"], keep=rows("ticket", ticket(2, 2))) == 1
    assert statuses(lake) == {"2": "open", "3": "open"}
    version = lake.version("ticket")
    assert lake.delete_pages("ticket", "desk", ["p1"], keep=rows("ticket", ticket(2, 2))) == 0
    assert lake.delete_pages("ticket", "other", ["p1", "p2"]) == 0
    assert lake.version("ticket") == version
    assert lake.delete_pages("ticket", "desk", ["p1", "p2"]) == 2
    assert lake.delete_pages("promise", "desk", ["p1"]) == 0


def test_an_earlier_version_shows_the_table_as_it_was(lake: Lake, rows: Rows) -> None:
    lake.merge("ticket", rows("ticket", ticket(1, 2, "open")))
    lake.merge("ticket", rows("ticket", ticket(1, 3, "solved")))

    assert statuses(lake, version=0) == {"1": "open"}
    assert statuses(lake) == {"1": "solved"}
    with pytest.raises(StorageError, match="there is no such version"):
        lake.read("ticket", version=7)


def test_a_column_the_contract_gained_reads_as_null_in_older_rows(
    lake: Lake, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transforms.contracts.columns import text
    from transforms.contracts.tickets import Ticket

    class TicketOfTomorrow(Ticket):
        mood = text("Mood.")

    lake.merge("ticket", rows("ticket", ticket(1, 2), ticket(2, 2)))
    monkeypatch.setitem(LAKE_TABLES, "ticket", TicketOfTomorrow)

    assert lake.read("ticket").get_column("mood").to_list() == [None, None]
    lake.merge("ticket", rows("ticket", ticket(1, 3) | {"mood": "sunny"}, ticket(3, 3) | {"mood": "calm"}))
    assert lake.read("ticket").sort("ticket_id").get_column("mood").to_list() == ["sunny", None, "calm"]


def test_tidy_removes_orphans_and_old_versions_and_nothing_else(lake: Lake, rows: Rows) -> None:
    lake.merge("ticket", rows("ticket", ticket(1, 2, "open")))
    lake.merge("ticket", rows("ticket", ticket(1, 3, "solved")))
    orphan = Path(lake.location.table("ticket")) / "part-00000-of-a-killed-run.parquet"
    orphan.write_bytes(b"half a file")

    before = lake.version("ticket")

    lake.tidy(keep_days=30)
    assert lake.version("ticket") == before
    assert orphan.exists()
    assert statuses(lake, version=0) == {"1": "open"}
    lake.tidy(keep_days=0)

    assert not orphan.exists()
    assert statuses(lake) == {"1": "solved"}
    assert len(list(Path(lake.location.table("ticket")).glob("*.parquet"))) == 1
    with pytest.raises(StorageError):
        statuses(lake, version=0)


def test_a_row_without_its_key_is_refused_and_nothing_is_written(lake: Lake, rows: Rows) -> None:
    keyless = rows("ticket", ticket(1, 2), ticket(2, 2)).with_columns(ticket_id=pl.lit(None, pl.String))

    with pytest.raises(DataQualityError, match=r"2 rows lack a part of their key \(source, ticket_id\)"):
        lake.merge("ticket", keyless)
    with pytest.raises(DataQualityError, match="columns status are missing"):
        lake.merge("ticket", rows("ticket", ticket(1, 2)).drop("status"))

    assert lake.version("ticket") is None


def test_an_unknown_table_is_named(lake: Lake) -> None:
    with pytest.raises(StorageError, match="there is no table tickets"):
        lake.scan("tickets")
