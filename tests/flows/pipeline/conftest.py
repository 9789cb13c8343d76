"""Two nights of the small company, never interrupted: what every interrupted night must come to as well."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.pipeline.lake_state import contents, published
from tests.flows.pipeline.night_process import Plan, run_well
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT, deliver_first, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("first")
    deliver_first(folder)
    outcome = run_well(folder, Plan(FIRST_NIGHT))
    return Undisturbed(folder, outcome, published(folder), contents(folder))


@pytest.fixture(scope="session")
def second_night(first_night: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("company") / "second"
    shutil.copytree(first_night.folder, folder)
    deliver_second(folder)
    outcome = run_well(folder, Plan(SECOND_NIGHT))
    return Undisturbed(folder, outcome, published(folder), contents(folder))


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Undisturbed, str], Path]:
    """Makes a copy of a folder in which a night ran, to run another one in."""

    def copy(night: Undisturbed, name: str = "copy") -> Path:
        return Path(shutil.copytree(night.folder, tmp_path / name))

    return copy
