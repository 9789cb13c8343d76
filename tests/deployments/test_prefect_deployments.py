"""Nobody changes a schedule, a zone or an entrypoint by accident, and every deployment leads to a flow."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.schedule import DEPLOYMENTS as SERVED

FILE = Path(__file__).resolve().parents[2] / "deployments" / "prefect.yaml"
DEPLOYMENTS: dict[str, dict[str, Any]] = {
    found["name"]: found for found in yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]
}


def snapshot(deployment: dict[str, Any]) -> tuple[object, ...]:
    schedules = [(entry["cron"], entry["timezone"]) for entry in deployment.get("schedules", [])]
    return deployment["entrypoint"], schedules, deployment["parameters"], deployment["work_pool"]["name"]


def test_names_entrypoints_schedules_parameters_and_pools() -> None:
    zone, pool, yesterday = "Europe/Berlin", "culture-kpis", {"date": "yesterday"}
    assert {name: snapshot(found) for name, found in DEPLOYMENTS.items()} == {
        "nightly": ("flows.nightly.kpi_nightly", [("30 2 * * *", zone)], yesterday, pool),
        "weekly-full": ("flows.nightly.kpi_full_check", [("30 4 * * 0", zone)], yesterday, pool),
        "freshness": ("flows.freshness.kpi_freshness", [("0 8 * * *", zone)], {}, pool),
        "backfill": ("flows.nightly.kpi_backfill", [], {}, pool),
    }


def test_what_is_served_is_what_is_deployed() -> None:
    deployed = {
        (name, found["description"], found["entrypoint"], *(entry["cron"] for entry in found.get("schedules", [])))
        for name, found in DEPLOYMENTS.items()
    }
    served = {(one.name, one.description, one.entrypoint, *([one.cron] if one.cron else [])) for one in SERVED}

    assert served == deployed
    assert {one.name: one.parameters for one in SERVED} == {n: found["parameters"] for n, found in DEPLOYMENTS.items()}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_an_entrypoint_is_a_flow_that_takes_its_parameters(name: str) -> None:
    module, _, flow_name = DEPLOYMENTS[name]["entrypoint"].rpartition(".")
    flow = getattr(import_module(module), flow_name)
    taken = inspect.signature(flow.fn).parameters
    assert flow.name.startswith("kpi-")
    assert set(DEPLOYMENTS[name]["parameters"]) <= set(taken)
