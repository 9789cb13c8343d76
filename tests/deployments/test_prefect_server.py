"""A real Prefect server: deployed from the file, a worker runs a night, a failing one is told of; and served."""

import datetime as dt
import signal
import time
from collections.abc import Iterator
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from flows.next_runs import next_runs
from flows.serving import prefect_server
from sql.warehouse import open_warehouse
from tests.deployments.prefect_home import PATIENCE_SECONDS, ROOT, PrefectHome, environment, free_port, webhook
from tests.flows.pipeline.small_company import FIRST_NIGHT, deliver_first

pytestmark = pytest.mark.timeout(280)
DATE = {"date": FIRST_NIGHT.isoformat()}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectHome]:
    folder = tmp_path_factory.mktemp("company")
    deliver_first(folder)
    with webhook() as (address, told):
        told_at = environment(tmp_path_factory.mktemp("home"), folder, address)
        with mock.patch.dict("os.environ", told_at, clear=True), prefect_server(free_port()) as api:
            yield PrefectHome(folder, told_at | {"PREFECT_API_URL": api}, api, told)


@pytest.fixture(scope="module")
def deployed(home: PrefectHome) -> PrefectHome:
    home.call("sh", "deployments/deploy.sh", folder=ROOT)
    return home


def test_a_worker_runs_what_is_scheduled_and_a_failing_night_is_told_of(deployed: PrefectHome) -> None:
    pool = deployed.ask("/work_pools/culture-kpis")
    schedules = _schedules(deployed)
    broken = deployed.folder / "broken.toml"
    configuration = (deployed.folder / "culture-kpis.toml").read_text(encoding="utf-8")
    broken.write_text(configuration.replace("exports/units.csv", "exports/none.csv").replace('"lake"', '"other"'))
    upcoming = _upcoming(deployed)
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=10)
    night = deployed.schedule("kpi-nightly/nightly", soon, DATE)
    failing = deployed.begin("kpi-nightly/nightly", DATE | {"config": str(broken)})

    worker = deployed.start("prefect", "worker", "start", "--pool", "culture-kpis")
    try:
        ended = deployed.end_of(night), deployed.end_of(failing)
    finally:
        worker.send_signal(signal.SIGINT)
        worker.communicate(timeout=60)

    assert (pool["type"], pool["concurrency_limit"]) == ("process", 1)
    assert schedules["nightly"] == [("30 2 * * *", "Europe/Berlin")]
    assert {name for name, found in schedules.items() if not found} == {"backfill"}
    berlin = ZoneInfo("Europe/Berlin")
    assert "02:30" in {f"{at.astimezone(berlin):%H:%M}" for _, at in upcoming}
    assert ended == ("COMPLETED", "FAILED")
    (message,) = [told for told in deployed.told if "kpi-nightly" in told["title"]]
    assert message["title"] == f"Small company: kpi-nightly {FIRST_NIGHT}, failure"
    assert "none.csv" in message["message"]
    assert "(exit code 11)" in message["message"]
    values = open_warehouse(f"duckdb:///{deployed.folder}/warehouse.duckdb").read("fct_kpi_value")
    assert values.height > 100
    artifacts = deployed.ask("/artifacts/filter", {"flow_runs": {"id": {"any_": [night]}}})
    assert {found["key"] for found in artifacts} == {"data-quality", "kpi-night"}


def test_serving_keeps_the_same_schedule_and_tells_what_is_stale(home: PrefectHome) -> None:
    home.forget_deployments()
    serving = home.start("culture-kpis", "serve")
    try:
        deadline = time.monotonic() + 60
        while len(names := _schedules(home)) < 4 and time.monotonic() < deadline:
            time.sleep(0.5)
        run = home.begin("kpi-freshness/freshness")
        ended = home.end_of(run)
        upcoming = next_runs({"PREFECT_API_URL": home.api})
    finally:
        # As systemd does; Ctrl-C is the same.
        serving.send_signal(signal.SIGTERM)
        said, _ = serving.communicate(timeout=60)

    assert names == {
        "nightly": [("30 2 * * *", "UTC")],
        "weekly-full": [("30 4 * * 0", "UTC")],
        "freshness": [("0 8 * * *", "UTC")],
        "backfill": [],
    }
    assert ended == "FAILED"
    assert upcoming.unknown_because is None
    (message,) = [told for told in home.told if "kpi-freshness" in told["title"]]
    assert message["title"] == "Small company: kpi-freshness, stale"
    assert "run `culture-kpis run`" in message["message"]
    assert "Traceback" not in said
    assert "Warning" not in said
    assert serving.returncode in (0, 130)


def _upcoming(home: PrefectHome) -> tuple[tuple[str, dt.datetime], ...]:
    """What `status` says comes next, as soon as the server has made runs of the schedules."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if found := next_runs({"PREFECT_API_URL": home.api}).runs:
            return found
        time.sleep(0.5)
    raise AssertionError("the server made no run of any schedule")


def _schedules(home: PrefectHome) -> dict[str, list[tuple[str, str]]]:
    return {
        found["name"]: [(entry["schedule"]["cron"], entry["schedule"]["timezone"]) for entry in found["schedules"]]
        for found in home.ask("/deployments/filter", {})
    }
