"""A night that knows of a large table only the changed rows publishes what a file built anew would hold."""

import stat
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

import sql.duckdb_file
from sql.changed_rows import ChangedRows
from sql.duckdb_change import make_equal
from sql.errors import WarehouseError
from sql.warehouse import open_warehouse
from tests.sql.conftest import frame_of, tickets
from transforms.contracts import MARTS, RESTRICTED

Frames = dict[str, pl.DataFrame]


def of_run(marts: Frames, run_id: str) -> Frames:
    """The same marts, published by a run."""
    return marts | {"meta_run": frame_of(MARTS["meta_run"], {"run_id": run_id})}


def changed(since: str, after: pl.DataFrame, *ids: str) -> ChangedRows:
    """The rows of some tickets in place of `after`."""
    keys = pl.DataFrame({"ticket_id": ids})
    return ChangedRows(since, keys, after.join(keys, on="ticket_id", how="semi"), lambda: after)


BEFORE, AFTER = tickets(a="new", b="open", c="open", d="closed"), tickets(a="solved", c="open", d="closed", e="new")


@pytest.fixture
def one_night(tmp_path: Path, marts: Frames) -> Path:
    """A file that night-1 published."""
    warehouse = open_warehouse(f"duckdb:///{tmp_path / 'w.duckdb'}")
    warehouse.stage(of_run(marts, "night-1"), {"fct_ticket": BEFORE})
    warehouse.publish()
    return tmp_path / "w.duckdb"


def is_built(path: Path, marts: Frames, load: ChangedRows, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Publish; the schemas whose file was built anew, once it is certain that the file holds what it should."""
    found = list[str]()
    build = sql.duckdb_file.build
    monkeypatch.setattr(
        sql.duckdb_file, "build", lambda *args, **more: (found.append(args[1]), build(*args, **more))[-1]
    )
    warehouse = open_warehouse(f"duckdb:///{path}")
    warehouse.stage(of_run(marts, "night-2"), {"fct_ticket": load})
    warehouse.publish()
    whole = open_warehouse(f"duckdb:///{path.with_name('whole.duckdb')}")
    monkeypatch.setattr(sql.duckdb_file, "build", build)
    whole.stage(of_run(marts, "night-2"), {"fct_ticket": AFTER})
    whole.publish()
    assert warehouse.hashes() == whole.hashes()
    assert warehouse.read("meta_run")["run_id"].to_list() == ["night-2"]
    return found


def test_rows_come_change_and_go(one_night: Path, marts: Frames, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = marts["fct_kpi_value"]
    other = marts | {"fct_kpi_value": cells.head(2).with_columns(pl.lit(7.5).alias("value")).extend(cells[3:])}

    assert is_built(one_night, other, changed("night-1", AFTER, "a", "b", "e"), monkeypatch) == []

    assert sorted(file.name for file in one_night.parent.glob("w*uckdb")) == [
        "w.duckdb",
        "w_restricted.duckdb",
        "whole.duckdb",
        "whole_restricted.duckdb",
    ]
    assert stat.S_IMODE(one_night.with_name("w_restricted.duckdb").stat().st_mode) == 0o600
    # The next night builds on it.
    assert is_built(one_night, marts, changed("night-2", AFTER, "a"), monkeypatch) == []


def test_a_named_row_that_is_the_same_stays_where_it_is(one_night: Path) -> None:
    with closing(duckdb.connect(one_night.with_name("w_restricted.duckdb"))) as connection:

        def places() -> dict[str, int]:
            return dict(connection.execute("SELECT ticket_id, rowid FROM restricted.fct_ticket").fetchall())

        before = places()
        make_equal(connection, "restricted", "fct_ticket", changed("night-1", AFTER, "a", "b", "c", "d", "e"))
        after = places()

    assert {name for name, place in after.items() if before.get(name) == place} == {"c", "d"}


def test_changes_since_another_run_are_not_applied(
    one_night: Path, marts: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_built(one_night, marts, changed("night-0", AFTER, "a"), monkeypatch) == ["restricted"]


def test_a_damaged_file_is_built_anew(one_night: Path, marts: Frames, monkeypatch: pytest.MonkeyPatch) -> None:
    one_night.with_name("w_restricted.duckdb").write_bytes(b"no database")

    assert is_built(one_night, marts, changed("night-1", AFTER, "a", "b", "e"), monkeypatch) == ["restricted"]


def test_a_file_of_another_version_is_built_anew(
    one_night: Path, marts: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sql.duckdb_publication.views", lambda: ("another view",))

    assert is_built(one_night, marts, changed("night-1", AFTER, "a", "b", "e"), monkeypatch) == ["marts"]


def test_a_key_that_another_row_has_is_not_published(one_night: Path, marts: Frames) -> None:
    contract = RESTRICTED["fct_promise"]
    one, other = (frame_of(contract, {"promise_id": "p", "ticket_id": ticket}) for ticket in ("a", "b"))
    warehouse = open_warehouse(f"duckdb:///{one_night}")
    warehouse.stage(of_run(marts, "night-2"), {"fct_promise": one})
    warehouse.publish()
    both = ChangedRows("night-2", pl.DataFrame({"ticket_id": ["b"]}), other, lambda: pl.concat([one, other]))

    with pytest.raises(WarehouseError, match="1 rows repeat the key source, promise_id"):
        warehouse.stage(of_run(marts, "night-3"), {"fct_promise": both})

    assert warehouse.read("fct_promise")["ticket_id"].to_list() == ["a"]


def test_only_what_analysts_look_up_has_an_index(one_night: Path) -> None:
    def indexed(path: Path) -> int:
        with closing(duckdb.connect(path, read_only=True)) as connection:
            return len(connection.execute("FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'").fetchall())

    assert indexed(one_night) == len(MARTS)
    assert indexed(one_night.with_name("w_restricted.duckdb")) == 0
