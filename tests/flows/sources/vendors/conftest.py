from __future__ import annotations

import dataclasses
import datetime as dt
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

from expectations.verdict import Verdict
from flows.lake import Lake
from flows.pipeline import landing, staging
from flows.pipeline.night import Night
from flows.pipeline.staging import StagedSource
from flows.settings import Settings, load_settings
from flows.sources.rest import client, pace
from transforms.contracts.marts import MetaValidation
from transforms.contracts.state import RowFate
from transforms.staging.pseudonyms import pseudonym

KEY = "k" * 64


def key(name: str) -> str:
    """The pseudonym of a name, in lower case as people's names are put."""
    return pseudonym(name, KEY.encode())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short, budgets fresh and wide: what a vendor's limits do is tested by itself."""
    monkeypatch.setattr(client, "PATIENCE", client.Patience(attempts=4, first_wait=0.01, longest_wait=0.02))
    monkeypatch.setattr(pace, "_paces", {})
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gate 1 lets everything pass: for tests of what arrives, which need many nights and no judgement."""

    def accept(candidates: Mapping[str, pl.DataFrame], *_: object, **__: object) -> Verdict:
        results = MetaValidation.create_empty()
        rejected = RowFate.create_empty().with_columns(pl.lit(None, dtype=pl.String).alias("table_name"))
        return Verdict(results, dict(candidates), rejected, False, (), ())

    monkeypatch.setitem(sys.modules, "expectations.gate", types.SimpleNamespace(judge_staged=accept))


@dataclasses.dataclass
class Desk:
    """One configured live source with a lake of its own."""

    settings: Settings
    lake: Lake

    def night(self) -> StagedSource:
        """Land and stage every source once; what became of the rows of the last one."""
        started = Night.begin(self.settings, None, "nightly")
        for source in self.settings.sources:
            landing.land(source, self.lake, started.started_at)
        outcome = StagedSource(0, 0, {}, ())
        for source in staging.in_stage_order(self.settings.sources):
            outcome = staging.stage(source, self.settings, self.lake, started, False)
        return outcome


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    """A desk for the `[[source]]` blocks of a configuration; `lake` is the folder of its lake."""

    def made(blocks: str, lake: str = "lake") -> Desk:
        file = tmp_path / "culture-kpis.toml"
        file.write_text(f'[lake]\nurl = "{lake}"\n{blocks}', encoding="utf-8")
        settings = load_settings(file)
        return Desk(settings, Lake(settings.lake.url))

    return made


@pytest.fixture
def midnight() -> dt.datetime:
    """The last midnight in UTC: worlds are built before it."""
    return dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
