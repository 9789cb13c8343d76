"""Nobody changes a schedule, a zone or an entrypoint by accident, and every deployment leads to a flow."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).resolve().parents[2] / "deployments" / "prefect.yaml"
DEPLOYMENTS: dict[str, dict[str, Any]] = {
    found["name"]: found for found in yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]
}


def snapshot(deployment: dict[str, Any]) -> tuple[object, ...]:
    schedules = [(entry["cron"], entry["timezone"]) for entry in deployment.get("schedules", [])]
    return deployment["entrypoint"], schedules, deployment["work_pool"]["name"], deployment["concurrency_limit"]


def test_names_entrypoints_schedules_pools_and_limits() -> None:
    alone = {"limit": 1, "collision_strategy": "ENQUEUE"}
    assert {name: snapshot(found) for name, found in DEPLOYMENTS.items()} == {
        "nightly": ("flows.nightly.kpi_nightly", [("30 2 * * *", "Europe/Berlin")], "culture-kpis", alone),
        "backfill": ("flows.nightly.kpi_backfill", [], "culture-kpis", alone),
    }


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_an_entrypoint_is_a_flow_that_takes_its_parameters(name: str) -> None:
    module, _, flow_name = DEPLOYMENTS[name]["entrypoint"].rpartition(".")
    flow = getattr(import_module(module), flow_name)
    taken = inspect.signature(flow.fn).parameters
    assert flow.name.startswith("kpi-")
    assert set(DEPLOYMENTS[name]["parameters"]) <= set(taken)
