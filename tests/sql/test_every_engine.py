"""What every warehouse promises, on each engine: the same tables, the same hashes, all or nothing."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from sql.changed_rows import ChangedRows
from sql.errors import QueryError, WarehouseError
from sql.table_hash import UNHASHED_TABLES, table_hash
from sql.warehouse import Warehouse, open_warehouse
from tests.postgres_server import Server
from tests.sql.conftest import frame_of, tickets
from transforms.contracts import MARTS, RESTRICTED

Frames = dict[str, pl.DataFrame]
# What loads and readers of text stumble over.
ODD_NAMES = ["", "NULL", "\\N", "\\.", 'say "x"', "a,b\nc\r\nd", "tab\tbed", "Zürich – 東京 🌧", "100 % :x %s", " a "]
ODD_NUMBERS = [0.1 + 0.2, 1e-300, -1e300, 2.0**53 + 2, 5e-324, -0.0, None, 1 / 3, 123456789.123456789, 1e15]


TRANSACTIONAL = ("postgresql", "sqlite")
# What DuckDB's own tests say already is not said again here.
beside_duckdb = pytest.mark.parametrize("engine", TRANSACTIONAL)


@pytest.fixture(params=["duckdb", *TRANSACTIONAL])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def house(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    """A warehouse that was prepared, and holds no night yet."""
    if engine == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        return open_warehouse(server.database().render_as_string(hide_password=False))
    return open_warehouse(f"{engine}:///{tmp_path}/warehouse.{engine}")


def publish(house: Warehouse, marts: Frames, restricted: Frames) -> None:
    house.stage(marts, restricted)
    house.publish()


@pytest.fixture
def odd() -> Frames:
    """Marts with odd texts, numbers and times."""
    cells = [
        {
            "kpi_id": f"k{number}",
            "flags": name,
            "value": value,
            "as_of": dt.datetime(2026, 1, 1, 23, 59, 59, number, tzinfo=dt.UTC),
            "run_id": name,
        }
        for number, (name, value) in enumerate(zip(ODD_NAMES, ODD_NUMBERS, strict=True))
    ]
    return {"fct_kpi_value": frame_of(MARTS["fct_kpi_value"], *cells), "meta_run": frame_of(MARTS["meta_run"], {})}


def test_read_gives_back_what_was_published_in_the_contracts_types(
    house: Warehouse, marts: Frames, restricted: Frames
) -> None:
    publish(house, marts, restricted)

    for name, frame in (marts | restricted).items():
        contract = (MARTS | RESTRICTED)[name]
        read = house.read(name)
        assert read.schema == frame.schema
        assert read.equals(frame.sort(contract.primary_key())), name
    assert house.read("meta_validation").is_empty()


def test_odd_texts_numbers_and_times_come_back_as_they_were(house: Warehouse, odd: Frames) -> None:
    publish(house, odd, {})

    assert house.read("fct_kpi_value").equals(odd["fct_kpi_value"])


def test_hashes_are_those_of_the_frames_on_every_engine(
    house: Warehouse, marts: Frames, restricted: Frames, odd: Frames
) -> None:
    published = marts | {"fct_kpi_value": pl.concat([marts["fct_kpi_value"], odd["fct_kpi_value"]])} | restricted

    publish(house, {name: published[name] for name in marts}, restricted)

    contracts = MARTS | RESTRICTED
    assert house.hashes() == {
        name: table_hash(published.get(name, contracts[name].create_empty()), contracts[name])
        for name in contracts
        if name not in UNHASHED_TABLES
    }


def test_nothing_is_visible_before_publish_and_all_of_it_after(
    house: Warehouse, marts: Frames, restricted: Frames
) -> None:
    house.stage(marts, restricted)

    assert not house.exists()
    assert house.read_staged("fct_ticket").height == 1
    assert house.read_staged("kpi_value").height == 5
    with pytest.raises(WarehouseError, match="does not exist; run `culture-kpis run`"):
        house.query("SELECT * FROM kpi_value")

    house.publish()

    assert house.exists()
    assert house.query("SELECT org_unit_name FROM kpi_value WHERE org_unit_id = 'south'").rows() == [("South",)] * 2


def test_the_next_night_replaces_adds_and_removes_rows(house: Warehouse, marts: Frames, restricted: Frames) -> None:
    publish(house, marts, restricted)
    cells = marts["fct_kpi_value"]
    value = pl.when(pl.col("org_unit_id") == "south").then(pl.col("value") / 2).otherwise("value")
    next_cells = pl.concat(
        [cells.head(5).with_columns(value.alias("value")), cells.head(1).with_columns(variant=pl.lit("b"))]
    )

    publish(house, marts | {"fct_kpi_value": next_cells}, {})

    key = MARTS["fct_kpi_value"].primary_key()
    assert house.read("fct_kpi_value").equals(next_cells.sort(key))
    assert house.read("fct_ticket").is_empty()


@beside_duckdb
def test_a_successor_thrown_away_changes_nothing(house: Warehouse, marts: Frames, restricted: Frames) -> None:
    publish(house, marts, restricted)
    before = house.hashes()

    house.stage({}, {})
    house.discard()

    assert house.hashes() == before
    with pytest.raises(WarehouseError, match="nothing is staged"):
        house.publish()


@beside_duckdb
def test_staging_again_replaces_what_was_staged(house: Warehouse, marts: Frames, restricted: Frames) -> None:
    house.stage({}, {})

    publish(house, marts, restricted)

    assert house.read("fct_kpi_value").height == 6


@beside_duckdb
def test_a_frame_that_does_not_fit_is_refused_and_nothing_stays_open(house: Warehouse, marts: Frames) -> None:
    with pytest.raises(WarehouseError, match="columns value are missing"):
        house.stage({"fct_kpi_value": marts["fct_kpi_value"].drop("value")}, {})

    publish(house, marts, {})
    assert house.read("fct_kpi_value").height == 6


@beside_duckdb
def test_a_query_that_is_wrong_writes_or_pries_is_refused_in_one_line(
    house: Warehouse, marts: Frames, restricted: Frames
) -> None:
    publish(house, marts, restricted)
    before = house.hashes()

    for statement in (
        "DELETE FROM fct_kpi_value",
        "INSERT INTO dim_principle SELECT * FROM dim_principle",
        "CREATE TABLE mine AS SELECT 1 AS one",
        "DROP VIEW kpi_value",
        "SELECT * FROM restricted.fct_ticket",
        "SELECT nonsense FROM kpi_value",
        "SELEC 1",
    ):
        with pytest.raises(QueryError) as caught:
            house.query(statement)
        assert "\n" not in str(caught.value)

    assert house.hashes() == before


@beside_duckdb
@pytest.mark.parametrize("since", ["night-1", "another run"])
def test_of_a_table_that_the_last_night_published_only_changed_rows_are_loaded(
    house: Warehouse, marts: Frames, since: str
) -> None:
    runs = MARTS["meta_run"]
    before, after = tickets(a="new", b="open", c="open", d="closed"), tickets(a="solved", c="open", d="closed", e="new")
    nights = [
        {"run_id": f"night-{n}", "started_at": dt.datetime(2026, 1, n, tzinfo=dt.UTC), "outcome": "succeeded"}
        for n in (1, 2)
    ]
    publish(house, marts | {"meta_run": frame_of(runs, nights[0])}, {"fct_ticket": before})
    asked = list[str]()

    def whole() -> pl.DataFrame:
        asked.append("whole")
        return after

    keys = pl.DataFrame({"ticket_id": ["a", "b", "e", "never seen"]})
    load = ChangedRows(since, keys, after.filter(pl.col("ticket_id").is_in(["a", "e"])), whole)
    publish(house, marts | {"meta_run": frame_of(runs, *nights)}, {"fct_ticket": load})

    assert house.read("fct_ticket").equals(after.sort("source", "ticket_id"))
    assert asked == ([] if since == "night-1" else ["whole"])
