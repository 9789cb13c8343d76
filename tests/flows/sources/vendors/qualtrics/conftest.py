"""Houses that pull surveys from a simulated Qualtrics; nobody waits."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import polars as pl
import pytest

from expectations import gate
from expectations.verdict import Verdict
from flows.sources.rest import export, pace
from tests.flows.sources.vendors.qualtrics import qualtrics_house, qualtrics_server, qualtrics_world
from tests.flows.sources.vendors.qualtrics.qualtrics_house import House
from transforms.contracts.marts import MetaValidation
from transforms.contracts.state import RowFate

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


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gate 1 lets everything pass: it takes a second of every night, and has tests of its own."""

    def accepted(candidates: dict[str, pl.DataFrame], *_: object, **__: object) -> Verdict:
        rejected = RowFate.create_empty().with_columns(pl.lit("").alias("table_name"))
        return Verdict(MetaValidation.create_empty(), dict(candidates), rejected, blocked=False)

    monkeypatch.setattr(gate, "judge_staged", accepted)
