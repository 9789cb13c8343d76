"""What goes wrong with a server is one line without a secret or a row, changes nothing, and the next night mends it."""

import polars as pl
import pytest
import sqlalchemy as sa

from sql.errors import WarehouseError
from sql.warehouse import Warehouse
from tests.postgres_server import Line, Server
from tests.sql.conftest import frame_of, opened
from transforms.contracts import RESTRICTED

Frames = dict[str, pl.DataFrame]
SECRET = "s3cret%word"
NOBODY = "p_00000000000000000000000000000000"


def complaint(caught: pytest.ExceptionInfo[WarehouseError]) -> str:
    """The error's line, which holds no secret and no person, and hides what the database said."""
    said = str(caught.value)
    assert "\n" not in said
    assert SECRET not in said
    assert NOBODY not in said
    assert caught.value.__suppress_context__
    return said


def many_tickets(count: int) -> Frames:
    """A load of some megabytes, of one person."""
    filled = frame_of(
        RESTRICTED["fct_ticket"], {"source": "desk", "agent_key": NOBODY, "missing_reason": "unknown " * 200}
    )
    numbered = pl.int_range(count, eager=True).cast(pl.String).alias("ticket_id").to_frame()
    tickets = numbered.join(filled.drop("ticket_id"), how="cross")
    return {"fct_ticket": tickets}


def mended(house: Warehouse, marts: Frames, restricted: Frames, before: dict[str, str]) -> bool:
    """Nothing had changed, and the next good night publishes."""
    assert house.hashes() == before
    house.stage({"meta_run": marts["meta_run"]}, restricted)
    house.publish()
    return house.read("fct_kpi_value").is_empty() and house.read("fct_ticket").height == 1


def test_a_wrong_password(postgres: Server, database: sa.URL) -> None:
    with postgres.admin() as admin:
        admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'another'")
        postgres.ask_for_password_of("guarded")
    # Two ways to write a password into a URL, and none.
    guarded = database.set(username="guarded")
    wrong, asks = "user or password is wrong", "it asks for a password"
    in_query = guarded.update_query_dict({"password": SECRET})
    for url, says in ((guarded.set(password=SECRET), wrong), (in_query, wrong), (guarded, asks)):
        with pytest.raises(WarehouseError) as caught:
            opened(url).check()

        assert f"cannot reach: {says}; set PGPASSWORD or ~/.pgpass" in complaint(caught)


def test_an_address_that_leads_nowhere(database: sa.URL) -> None:
    nowhere = {
        "there is no such database; create it, or check the URL": database.set(database="nowhere"),
        "there is no such user; check the URL": database.update_query_dict({"user": "nobody"}),
        "nothing answers there; check host and port": database.update_query_dict({"host": "/no/such/folder"}),
        "check host and port, and that the server runs": database.set(host="127.0.0.1", port=9, query={}),
    }
    for says, url in nowhere.items():
        with pytest.raises(WarehouseError) as caught:
            opened(url).check()

        assert says in complaint(caught)


def test_tables_that_are_missing_old_or_newer_than_the_program(postgres: Server, marts: Frames) -> None:
    empty, future = postgres.empty_database(), postgres.database()
    with postgres.admin(str(future.database)) as admin:
        admin.execute("UPDATE marts.schema_version SET version_num = '9999'")

    for ask in (opened(empty).check, lambda: opened(empty).stage(marts, {})):
        with pytest.raises(WarehouseError, match="no tables yet; run `culture-kpis warehouse upgrade`"):
            ask()
    with pytest.raises(WarehouseError, match="a newer version of this program has upgraded it"):
        opened(future).check()


def test_a_connection_lost_between_staging_and_publishing(
    house: Warehouse, postgres: Server, database: sa.URL, marts: Frames, restricted: Frames
) -> None:
    before = house.hashes()
    house.stage({}, {})

    with postgres.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.database])
    with pytest.raises(WarehouseError, match="cannot publish: the connection was lost; nothing was changed") as caught:
        house.publish()

    complaint(caught)
    assert mended(house, marts, restricted, before)


@pytest.mark.parametrize("cut_after", [100, 20_000, 500_000], ids=["connecting", "preparing", "loading"])
def test_a_line_that_breaks(
    house: Warehouse, database: sa.URL, marts: Frames, restricted: Frames, cut_after: int
) -> None:
    before = house.hashes()

    with Line(database, cut_after) as url, pytest.raises(WarehouseError) as caught:
        opened(url).stage({}, many_tickets(1_000))

    assert "lost" in complaint(caught) or "unexpectedly" in complaint(caught)
    assert mended(house, marts, restricted, before)


def test_a_full_disk(house: Warehouse, postgres: Server, marts: Frames, restricted: Frames) -> None:
    before = house.hashes()

    postgres.limit_files(20_000_000)
    try:
        with pytest.raises(WarehouseError) as caught:
            house.stage({}, many_tickets(20_000))
    finally:
        postgres.limit_files(None)

    assert "cannot write: the database's disk is full; free some space and run again" in complaint(caught)
    assert mended(house, marts, restricted, before)


def test_a_lock_that_somebody_keeps(
    house: Warehouse, postgres: Server, database: sa.URL, monkeypatch: pytest.MonkeyPatch, marts: Frames
) -> None:
    monkeypatch.setattr("sql.postgres.NIGHT", "SET LOCAL lock_timeout = '100ms'")
    with postgres.admin(str(database.database)) as somebody:
        somebody.execute("BEGIN")
        somebody.execute("LOCK TABLE marts.fct_kpi_value IN SHARE MODE")

        with pytest.raises(WarehouseError, match="another session holds a lock for too long; run again") as caught:
            house.stage({}, {})

    complaint(caught)
    house.stage({}, {})
    house.discard()


def test_a_text_the_server_cannot_hold_is_refused_without_quoting_it(house: Warehouse, marts: Frames) -> None:
    names = pl.col("org_unit_name") + f"\0{NOBODY}"

    with pytest.raises(WarehouseError, match="a text holds a character its encoding lacks") as caught:
        house.stage({"dim_org_unit": marts["dim_org_unit"].with_columns(names)}, {})

    complaint(caught)
