"""The container files hold together: what they copy exists, what they start is installed, what they ask for is named.

Kubernetes objects are judged by the schemas of Kubernetes itself, the compose file by that of its specification.
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema.validators import validator_for

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENTS = ROOT / "deployments"
KUBERNETES = "1.31"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOYMENTS / "compose.yaml").read_text(encoding="utf-8"))
OWN = {name: found for name, found in COMPOSE["services"].items() if "build" in found}
OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOYMENTS / "kubernetes" / "worker.yaml").read_text(encoding="utf-8"))
)


def test_the_image_copies_what_exists_and_all_that_is_packaged() -> None:
    lines = (DEPLOYMENTS / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"flows", "transforms", "expectations", "sql", "requirements.lock"} <= set(copied)


@pytest.mark.parametrize("service", OWN)
def test_a_service_of_ours_builds_our_image_and_starts_what_is_installed(service: str) -> None:
    found = OWN[service]
    build = found["build"]

    assert (DEPLOYMENTS / build["context"] / build["dockerfile"]).is_file()
    assert shutil.which(found["command"][0], path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert all((ROOT / word.removeprefix("/app/")).is_file() for word in found["command"] if word.startswith("/app/"))


def test_the_compose_file_is_one_by_its_specification() -> None:
    schema = get_builtin_schema("vendor.compose-spec")
    judge = validator_for(schema)(schema)
    wrong = json.loads(json.dumps(COMPOSE))
    wrong["services"]["worker"]["comand"] = wrong["services"]["worker"].pop("command")

    assert [error.message for error in judge.iter_errors(COMPOSE)] == []
    assert any("comand" in error.message for error in judge.iter_errors(wrong))


def test_what_services_wait_for_and_mount_is_there() -> None:
    services, volumes = COMPOSE["services"], COMPOSE["volumes"]
    waited = [name for found in services.values() for name in found.get("depends_on", {})]
    mounted = [mount.partition(":")[0] for found in services.values() for mount in found.get("volumes", [])]

    assert set(waited) <= set(services)
    assert {name for name in mounted if not name.startswith(".")} == set(volumes)
    assert all(services[name].get("healthcheck") for name in ("postgres", "prefect"))


def test_every_variable_asked_for_is_in_the_example() -> None:
    text = (DEPLOYMENTS / "compose.yaml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert set(re.findall(r"\$\{(\w+)", text)) <= set(re.findall(r"^(?:# )?(\w+)=", example, flags=re.MULTILINE))


@pytest.mark.parametrize("found", OBJECTS, ids=lambda found: found["kind"])
def test_a_kubernetes_object_is_valid(found: dict[str, Any]) -> None:
    kubernetes_validate.validate(found, KUBERNETES, strict=True)


def test_a_job_of_the_work_pool_is_valid() -> None:
    template = json.loads((DEPLOYMENTS / "kubernetes" / "job.json").read_text(encoding="utf-8"))
    known = template["variables"]["properties"]
    # As Prefect fills it in: a whole-value placeholder becomes the value itself.
    given = {name: found.get("default", name) for name, found in known.items()} | {"env": [{"name": "A", "value": "b"}]}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [filled(one) for one in value]
        placeholder = re.fullmatch(r"\{\{ (\w+) \}\}", value) if isinstance(value, str) else None
        return given[placeholder[1]] if placeholder else value

    kubernetes_validate.validate(filled(template["job_configuration"]["job_manifest"]), KUBERNETES, strict=True)


def test_a_schema_finds_a_mistake() -> None:
    wrong = json.loads(json.dumps(OBJECTS[-1]))
    wrong["spec"]["template"]["spec"]["containers"][0]["comand"] = ["prefect"]

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)
