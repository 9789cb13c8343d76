"""One full road per data set and session: the four public sets where they are beside the repository, and the demo."""

import datetime as dt
import json
from typing import Any

import pytest

from flows.demo.generate import DemoFiles, generate
from tests.acceptance.full_road import CONFIGURATIONS, REAL, FullRoad, travel


def _real(name: str, run_on: dt.date, folders: pytest.TempPathFactory) -> FullRoad:
    if not REAL.exists():
        pytest.skip("real data sets are not beside the repository")
    return travel(CONFIGURATIONS / f"{name}.toml", run_on, folders.mktemp(name))


@pytest.fixture(scope="session")
def servicenow(tmp_path_factory: pytest.TempPathFactory) -> FullRoad:
    return _real("servicenow", dt.date(2017, 3, 31), tmp_path_factory)


@pytest.fixture(scope="session")
def pierce(tmp_path_factory: pytest.TempPathFactory) -> FullRoad:
    return _real("pierce", dt.date(2018, 12, 31), tmp_path_factory)


@pytest.fixture(scope="session")
def sfo(tmp_path_factory: pytest.TempPathFactory) -> FullRoad:
    return _real("sfo", dt.date(2017, 12, 31), tmp_path_factory)


@pytest.fixture(scope="session")
def uboot(tmp_path_factory: pytest.TempPathFactory) -> FullRoad:
    return _real("uboot", dt.date(2026, 10, 31), tmp_path_factory)


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return generate(tmp_path_factory.mktemp("demo-exports"))


@pytest.fixture(scope="session")
def demo(demo_files: DemoFiles, tmp_path_factory: pytest.TempPathFactory) -> FullRoad:
    return travel(demo_files.configuration, demo_files.end_on, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def planted(demo_files: DemoFiles) -> dict[str, Any]:
    """The content of `planted_truths.json`."""
    content: dict[str, Any] = json.loads(demo_files.truths.read_text(encoding="utf-8"))
    return content
