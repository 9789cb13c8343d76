"""PostgreSQL: readers are not kept waiting, only what differs is written, and every role sees what is its own."""

import polars as pl
import pytest
import sqlalchemy as sa

from sql.errors import QueryError, WarehouseError
from sql.warehouse import Warehouse
from tests.postgres_server import Server
from tests.sql.conftest import opened

Frames = dict[str, pl.DataFrame]


def moved(marts: Frames) -> Frames:
    """The next night: one number of six has changed."""
    is_it = (pl.col("org_unit_id") == "south") & (pl.col("value").is_not_null())
    cells = marts["fct_kpi_value"].with_columns(pl.when(is_it).then(0.11).otherwise("value").alias("value"))
    return marts | {"fct_kpi_value": cells}


def test_a_night_writes_the_rows_that_differ_and_no_other(
    house: Warehouse, postgres: Server, database: sa.URL, marts: Frames, restricted: Frames
) -> None:
    house.stage(moved(marts), restricted)
    house.publish()

    with postgres.admin(str(database.database)) as admin:
        by_night = admin.execute(
            "SELECT count(*) FROM marts.fct_kpi_value GROUP BY xmin ORDER BY xmin::text::bigint"
        ).fetchall()
        others = [
            admin.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}").fetchone()
            for table in ("marts.dim_org_unit", "marts.meta_run", "restricted.fct_ticket")
        ]
    assert by_night == [(5,), (1,)]
    assert others == [(1,)] * 3


def test_nobody_waits_for_a_night_and_an_open_snapshot_stays(
    house: Warehouse, postgres: Server, database: sa.URL, marts: Frames
) -> None:
    question = "SELECT sum(value) FROM marts.kpi_value"
    with postgres.admin(str(database.database)) as held, postgres.admin(str(database.database)) as other:
        held.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SET lock_timeout = '50ms'")
        before = held.execute(question).fetchall()

        house.stage(moved(marts), {})
        while_staged = other.execute(question).fetchall()
        house.publish()

        assert held.execute(question).fetchall() == before == while_staged
        assert other.execute(question).fetchone() == (pytest.approx(0.20 + 0.08 + 0.11),)


def test_roles_see_and_do_what_is_theirs(
    house: Warehouse, postgres: Server, database: sa.URL, marts: Frames, restricted: Frames
) -> None:
    with postgres.admin() as admin:
        for person, role in (("anna", "kpi_reader"), ("sam", "kpi_steward"), ("nightly", "kpi_writer")):
            admin.execute(f"CREATE ROLE {person} LOGIN")
            admin.execute(f"GRANT {role} TO {person}")
    analyst, steward, night = (opened(database.update_query_dict({"user": who})) for who in ("anna", "sam", "nightly"))

    assert analyst.query("SELECT count(*) AS n FROM kpi_value").item() == 5
    assert analyst.read("dim_kpi").height == 2
    assert steward.read("fct_ticket").height == 1
    with pytest.raises(WarehouseError, match="cannot read: this role may not"):
        analyst.read("fct_ticket")
    for reader in (analyst, steward):
        with pytest.raises(WarehouseError, match="this role may only read"):
            reader.check()
        with pytest.raises(WarehouseError, match="cannot write: this role may not"):
            reader.stage(marts, restricted)

    night.check()
    night.stage(moved(marts), restricted)
    night.publish()
    with pytest.raises(WarehouseError, match="cannot upgrade: this role may not"):
        night.upgrade()
    with pytest.raises(QueryError, match="permission denied"):
        night.query("SELECT * FROM restricted.fct_ticket")


def test_a_query_is_one_statement_and_cannot_leave_its_read_only_transaction(house: Warehouse, marts: Frames) -> None:
    before = house.hashes()

    for statement in (
        "COMMIT; DELETE FROM fct_kpi_value",
        "DO $$ BEGIN SET TRANSACTION READ WRITE; DELETE FROM marts.meta_run; END $$",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SELECT 1 AS one, 2 AS one",
    ):
        with pytest.raises(QueryError):
            house.query(statement)

    assert house.hashes() == before


def test_answers_have_the_types_of_their_values(house: Warehouse) -> None:
    answer = house.query(
        "SELECT count(*) AS n, avg(value) AS mean, max(as_of) AS newest, true AS yes, "
        "'00000000-0000-0000-0000-000000000001'::uuid AS id, '{\"a\": 1}'::jsonb AS doc FROM fct_kpi_value"
    )

    types = dict(answer.schema)
    assert types.pop("newest") == pl.Datetime("us", "UTC")
    assert types == {"n": pl.Int64, "mean": pl.Float64, "yes": pl.Boolean, "id": pl.String, "doc": pl.String}


def test_every_table_view_and_column_carries_its_comment(house: Warehouse) -> None:
    silent = house.query("""
        SELECT c.relname, a.attname FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
        WHERE c.relnamespace IN ('marts'::regnamespace, 'restricted'::regnamespace) AND c.relkind IN ('r', 'v')
          AND c.relname <> 'schema_version'
          AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)
    """)
    said = house.query("SELECT obj_description('kpi_trend'::regclass) AS said").item()

    assert silent.is_empty()
    assert said.startswith("How did each KPI change since the period before")


def test_tables_read_together_are_of_one_night(house: Warehouse, marts: Frames, restricted: Frames) -> None:
    reading = house.read_together(["dim_kpi", "fct_kpi_value"])
    next(reading)

    house.stage({}, {})
    house.publish()

    assert next(reading)[1].height == 6
    reading.close()
