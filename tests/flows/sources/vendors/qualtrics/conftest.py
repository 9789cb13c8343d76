"""Houses that pull surveys from a simulated Qualtrics; nobody waits."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows.sources.rest import export, pace
from tests.flows.sources.vendors.qualtrics import qualtrics_house, qualtrics_server, qualtrics_world
from tests.flows.sources.vendors.qualtrics.qualtrics_house import House

MadeHouse = Callable[..., House]


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "sleep", lambda _: None)
    monkeypatch.setattr(pace, "_MINUTE", 0.0)
    for source in ("VOICE", "PULSE"):
        monkeypatch.setenv(f"CULTURE_KPIS_{source}_TOKEN", qualtrics_server.TOKEN)
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", qualtrics_house.KEY)


@pytest.fixture
def made_house(tmp_path: Path) -> Iterator[MadeHouse]:
    """Makes a house with an account of so many customers and employees, and the sources that have answers."""
    with ExitStack() as servers:

        def made(customers: int = 0, employees: int = 0) -> House:
            vendor = qualtrics_server.Qualtrics(qualtrics_world.grown_account(customers, employees))
            return House(tmp_path, servers.enter_context(vendor.serve()), vendor)

        yield made
