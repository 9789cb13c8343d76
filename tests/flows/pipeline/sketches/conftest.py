"""Two sketched nights, never interrupted: what every disturbed one must come to as well."""

import shutil
from pathlib import Path

import pytest

from tests.flows.pipeline.lake_state import contents, published
from tests.flows.pipeline.night_process import Plan, run_well
from tests.flows.pipeline.sketched import of_few_sources
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT, deliver_first, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed


@pytest.fixture(scope="session")
def first_sketch(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A sketched first night, for tests of commits and not of numbers."""
    folder = tmp_path_factory.mktemp("sketch") / "company"
    deliver_first(folder)
    outcome = run_well(of_few_sources(folder), Plan(FIRST_NIGHT, is_sketched=True))
    return Undisturbed(folder, outcome, published(folder), contents(folder))


@pytest.fixture(scope="session")
def second_sketch(first_sketch: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """The sketched night after it."""
    folder = Path(shutil.copytree(first_sketch.folder, tmp_path_factory.mktemp("sketch") / "second"))
    deliver_second(folder)
    outcome = run_well(folder, Plan(SECOND_NIGHT, is_sketched=True))
    return Undisturbed(folder, outcome, published(folder), contents(folder))
