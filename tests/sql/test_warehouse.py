"""Stage, judge, publish: readers see the old tables or the new ones, and nobody can write through a query."""

import datetime as dt
import stat
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sql.errors import QueryError, WarehouseError
from sql.warehouse import Warehouse, open_warehouse
from transforms.contracts import MARTS, RESTRICTED

Frames = dict[str, pl.DataFrame]


def with_north_at(marts: Frames, value: float) -> Frames:
    """The same marts with every number set to `value`."""
    changed = marts["fct_kpi_value"].with_columns(value=pl.when(pl.col("value").is_not_null()).then(value))
    return marts | {"fct_kpi_value": changed}


def test_discard_keeps_the_published_tables(published: Warehouse, marts: Frames, path: Path) -> None:
    before = published.hashes()
    published.stage(with_north_at(marts, 0.9), {})

    published.discard()

    assert published.hashes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["warehouse.duckdb", "warehouse_restricted.duckdb"]
    with pytest.raises(WarehouseError, match="nothing is staged"):
        published.publish()


def test_an_open_reader_keeps_its_snapshot_and_a_new_one_sees_the_new_file(
    published: Warehouse, marts: Frames, path: Path
) -> None:
    question = "SELECT DISTINCT value FROM marts.kpi_value WHERE value IS NOT NULL ORDER BY value"
    with duckdb.connect(path, read_only=True) as analyst:
        before = analyst.execute(question).fetchall()

        published.stage(with_north_at(marts, 0.9), {})
        published.publish()

        assert analyst.execute(question).fetchall() == before
        assert published.query(question).rows() == [(0.9,)]
    with duckdb.connect(path, read_only=True) as analyst:
        assert analyst.execute(question).fetchall() == [(0.9,)]


def test_a_log_left_by_somebody_who_wrote_to_the_old_file_is_not_applied_to_the_new_one(
    published: Warehouse, marts: Frames, path: Path
) -> None:
    path.with_name("warehouse.duckdb.wal").write_bytes(b"left behind")
    published.stage(with_north_at(marts, 0.9), {})

    published.publish()

    assert published.query("SELECT DISTINCT value FROM kpi_value WHERE value IS NOT NULL").rows() == [(0.9,)]


def test_the_restricted_file_is_private_and_out_of_reach_of_queries(published: Warehouse, path: Path) -> None:
    restricted = path.with_name("warehouse_restricted.duckdb")

    assert stat.S_IMODE(restricted.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) & 0o444
    assert published.read("fct_ticket").get_column("ticket_id").to_list() == ["1"]
    with pytest.raises(QueryError):
        published.query("SELECT * FROM restricted.fct_ticket")
    with pytest.raises(QueryError):
        published.query(f"ATTACH '{restricted}' AS other")


def test_the_restricted_file_is_private_while_it_is_built(warehouse: Warehouse, restricted: Frames, path: Path) -> None:
    warehouse.stage({}, restricted)

    assert stat.S_IMODE(path.with_name("warehouse_restricted.duckdb.staging").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM fct_kpi_value",
        "CREATE TABLE marts.mine AS SELECT 1",
        "DROP VIEW kpi_value",
        "COPY fct_kpi_value TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.duckdb'",
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "SET enable_external_access = true",
        "SELECT nonsense FROM kpi_value",
        "SELEC 1",
    ],
)
def test_a_query_cannot_write_or_leave_the_warehouse(published: Warehouse, tmp_path: Path, statement: str) -> None:
    before = published.hashes()
    (tmp_path / "secret.txt").write_text("secret")

    with pytest.raises(QueryError) as caught:
        published.query(statement.format(folder=tmp_path))

    assert "\n" not in str(caught.value)
    assert published.hashes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["house", "secret.txt"]


def test_query_resolves_names_in_marts(published: Warehouse) -> None:
    answer = published.query("SELECT value FROM fct_kpi_value WHERE org_unit_id = 'south' AND value IS NOT NULL")

    assert answer.item() == pytest.approx(0.10)


def test_every_table_and_column_carries_its_comment(published: Warehouse, path: Path) -> None:
    for file, schema in ((path, "marts"), (path.with_name("warehouse_restricted.duckdb"), "restricted")):
        with duckdb.connect(file, read_only=True) as connection:
            columns = connection.execute(
                "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = ?", [schema]
            ).fetchall()
            tables = connection.execute(
                "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = ?", [schema]
            ).fetchall()
        assert len(columns) > 20
        assert [row for row in [*columns, *tables] if not row[-1]] == []
        if schema == "marts":
            said = {(table, column): comment for table, column, comment in columns}
            assert said["fct_kpi_value", "coverage"].endswith("Unit: share.")
            assert said["kpi_trend", "is_clear_change"].startswith("The 95 % intervals")


def test_the_key_is_kept_by_the_database_too(published: Warehouse, path: Path) -> None:
    with duckdb.connect(path, read_only=True) as connection:
        keys = connection.execute(
            "SELECT constraint_column_names FROM duckdb_constraints() "
            "WHERE table_name = 'fct_kpi_value' AND constraint_type = 'PRIMARY KEY'"
        ).fetchall()

    assert keys == [(MARTS["fct_kpi_value"].primary_key(),)]


def test_a_repeated_key_is_refused_without_naming_anybody(warehouse: Warehouse, restricted: Frames) -> None:
    twice = pl.concat([restricted["fct_ticket"]] * 2)

    with pytest.raises(WarehouseError) as caught:
        warehouse.stage({}, {"fct_ticket": twice})

    assert str(caught.value) == "table fct_ticket: 1 rows repeat the key source, ticket_id"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop("value"), "columns value are missing"),
        (lambda frame: frame.with_columns(principle=pl.lit(None, pl.String)), "null where .*: principle in 6 rows"),
        (lambda frame: frame.with_columns(value=pl.lit("much")), "value is String, not Float64"),
    ],
)
def test_a_frame_that_does_not_fit_its_contract_is_refused(
    warehouse: Warehouse, marts: Frames, change: Callable[[pl.DataFrame], pl.DataFrame], message: str
) -> None:
    with pytest.raises(WarehouseError, match=message):
        warehouse.stage({"fct_kpi_value": change(marts["fct_kpi_value"])}, {})

    assert not warehouse.exists()


def test_an_unknown_table_is_refused(warehouse: Warehouse, published: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="schema marts has no table fct_kpi_values"):
        warehouse.stage({"fct_kpi_values": pl.DataFrame()}, {})
    with pytest.raises(WarehouseError, match="there is no table or view fct_kpi_values"):
        published.read("fct_kpi_values")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("oracle://steward:secret@host/kpis", r"oracle://steward:\*\*\*@host/kpis: no driver is installed"),
        ("postgresql://steward:secret@host:port/kpis", "not a URL"),
        ("sqlite://", "is a file"),
        ("var/warehouse.duckdb", "not a URL"),
        ("duckdb:///:memory:", "is a file"),
        ("duckdb://", "is a file"),
        ("duckdb:///md:kpis", "is a file"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_and_no_password_is_repeated(url: str, message: str) -> None:
    with pytest.raises(WarehouseError, match=message) as caught:
        open_warehouse(url)

    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_said_so_in_one_line(warehouse: Warehouse, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("this is a letter to my aunt, and it is rather long " * 200)

    with pytest.raises(WarehouseError, match="cannot read: it is not a DuckDB file; move it away") as caught:
        warehouse.read("fct_kpi_value")

    assert "\n" not in str(caught.value)


def test_a_damaged_file_is_said_so_and_replaced_by_the_next_publish(
    published: Warehouse, marts: Frames, path: Path
) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[4096:12288] = b"\xff" * 8192
    path.write_bytes(damaged)

    with pytest.raises(WarehouseError, match="cannot read"):
        published.read("fct_kpi_value")
    published.stage(marts, {})
    published.publish()

    assert published.read("fct_kpi_value").height == 6


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path, marts: Frames) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(WarehouseError, match="a part of the path is a file"):
        open_warehouse(f"duckdb:///{tmp_path}/taken/warehouse.duckdb").stage(marts, {})


def test_half_a_million_rows_load_quickly(warehouse: Warehouse) -> None:
    number = pl.int_range(500_000, eager=True).alias("number")
    contract = RESTRICTED["fct_ticket"]
    base = number.to_frame().select(
        pl.lit("desk").alias("source"),
        pl.col("number").cast(pl.String).alias("ticket_id"),
        pl.lit("north").alias("org_unit_id"),
        pl.lit(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).alias("created_at"),
        pl.lit(False).alias("is_csat_answered"),
        pl.lit(False).alias("is_deleted"),
    )
    rest = [pl.lit(None, c.dtype).alias(n) for n, c in contract.columns().items() if n not in base.columns]
    began = time.perf_counter()

    warehouse.stage({}, {"fct_ticket": base.with_columns(rest)})

    assert time.perf_counter() - began < 20  # about 1.5 s on an idle machine
    assert warehouse.read_staged("fct_ticket").height == 500_000
