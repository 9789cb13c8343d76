"""Which tests share a worker: those of a file, and those of a folder whose fixtures run whole nights."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent
# A session's fixtures are made once per worker; a whole night is too dear to be made in each.
TOGETHER = (ROOT / "acceptance", ROOT / "flows/pipeline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        group = next((folder for folder in TOGETHER if item.path.is_relative_to(folder)), item.path)
        item.add_marker(pytest.mark.xdist_group(str(group.relative_to(ROOT))))
