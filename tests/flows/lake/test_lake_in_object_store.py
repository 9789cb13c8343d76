"""The same lake in an object store: a local server speaks S3, and nothing but the URL differs."""

import datetime as dt
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.errors import StorageError
from flows.lake import Lake

NIGHT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
Rows = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Address of an S3 server with one bucket, `kpis`. A process of its own: Delta Lake's calls hold Python's lock."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(urllib.request.Request(f"{address}/kpis", method="PUT"), timeout=5).close()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment an operator sets for an object store."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")


@pytest.mark.usefixtures("store")
def test_tables_and_pages_work_as_in_a_folder(rows: Rows) -> None:
    lake = Lake("s3://kpis/tables")
    first = rows("ticket_event", *({"ticket_id": str(n), "at": NIGHT + dt.timedelta(days=20 * n)} for n in range(4)))

    assert lake.read("ticket_event").is_empty()
    assert lake.merge("ticket_event", first).inserted == 4
    assert lake.merge("ticket_event", first).unchanged == 4
    assert lake.merge("ticket_event", first.head(1).with_columns(value=pl.lit("solved"))).updated == 1
    assert lake.version("ticket_event") == 1
    assert_frame_equal(lake.read("ticket_event", version=0), first, check_row_order=False)
    assert lake.delete_pages("ticket_event", "x", ["x"], keep=first.head(2)) == 2
    assert lake.replace("published_kpi_value", rows("published_kpi_value", {}))
    lake.tidy(keep_days=0)
    assert lake.read("ticket_event").height == 2


@pytest.mark.usefixtures("store")
def test_pages_are_landed_read_and_erased(rows: Rows) -> None:
    lake = Lake("s3://kpis/landing/")
    page = lake.land("desk", [("a.csv", b"hello")], NIGHT).item(0, "source_page")

    lake.land("desk", [("a.csv", b"hello")], NIGHT)
    lake.mark_staged("desk", dict.fromkeys(lake.unstaged("desk", "m1").get_column("source_page"), 1), "m1")

    assert lake.payload("desk", page) == b"hello"
    assert lake.version("landed_page") == 1
    assert lake.purge_landing(NIGHT + dt.timedelta(days=1)) == 1
    with pytest.raises(StorageError, match="was erased"):
        lake.payload("desk", page)


@pytest.mark.usefixtures("store")
def test_a_missing_bucket_is_said_in_one_line(rows: Rows) -> None:
    lake = Lake("s3://nobodys-bucket/lake")

    with pytest.raises(StorageError, match="the bucket does not exist; create it or correct the lake url") as caught:
        lake.merge("survey_item", rows("survey_item", {}))

    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.usefixtures("store")
def test_a_store_that_does_not_answer_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(StorageError, match="the object store does not answer; check AWS_ENDPOINT_URL") as caught:
        Lake("s3://kpis/lake").version("ticket")

    assert "\n" not in str(caught.value)
