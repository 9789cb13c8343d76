"""Whatever happens over several nights, the lake ends as after one clean pull of the server's last state."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows import boundaries
from flows.errors import SourceTransientError
from tests.flows.sources.vendors.bonusly_server import TOKEN, BonuslyWorld, bonus, company
from tests.flows.sources.vendors.conftest import Desk
from tests.flows.sources.vendors.simulated import Told, VendorServer, dropped, status
from tests.flows.sources.vendors.test_bonusly import source, staged, truth
from tests.flows.sources.vendors.test_bonusly_faults import Killed

DAYS = 16
EVENTS = ("edit", "delete", "new", "shift", "fail", "kill")
BOUNDARIES = ("pages landed", "cursor moved", "landed", "staged", "quarantined", "accounted", "marked")


class History:
    """Nights of one source, in which things happen."""

    def __init__(self, world: BonuslyWorld, server: VendorServer, seed: int) -> None:
        self.world, self.server = world, server
        self.chance = random.Random(seed)
        self.number = 10_000

    def change(self, event: str, midnight: dt.datetime) -> None:
        """Something happens at the vendor's, or goes wrong on the way."""
        bonuses = self.world.bonuses
        if event == "edit":
            self.chance.choice(bonuses)["amount"] += 1
        elif event == "delete":
            bonuses.remove(self.chance.choice(bonuses))
        elif event == "new":
            self.number += 1
            at = midnight - dt.timedelta(seconds=self.chance.randrange(DAYS * 86_400))
            bonuses.append(bonus(self.number, at, [self.chance.randrange(20)]))
        elif event == "shift":
            self.server.faults.append(self._shifted)
        elif event == "fail":
            self.server.faults += [None] * self.chance.randrange(6) + [self.chance.choice([status(500), dropped])] * 4

    def _shifted(self, told: Told) -> Told:
        self.world.bonuses.remove(self.chance.choice(self.world.bonuses))
        return told

    def night(self, at: Desk, killed_at: str | None) -> None:
        """One night, whatever becomes of it."""

        def kill(name: str) -> None:
            if name == f"{killed_at}:kudos":
                raise Killed

        boundaries.observers[:] = [kill]
        try:
            at.night()
        except (SourceTransientError, Killed):
            pass
        finally:
            boundaries.observers.clear()


def _history(
    desk: Callable[..., Desk], tmp_path: Path, midnight: dt.datetime, nights: list[list[str]], seed: int
) -> None:
    world = company(n_people=20, n_bonuses=330, begins=midnight - dt.timedelta(days=DAYS), days=DAYS, seed=seed)
    shutil.rmtree(tmp_path / "lake", ignore_errors=True)
    shutil.rmtree(tmp_path / "clean", ignore_errors=True)
    with world.serve() as server:
        history = History(world, server, seed)
        at = desk(source(server, midnight))
        for events in nights:
            for event in events:
                history.change(event, midnight)
            history.night(at, history.chance.choice(BOUNDARIES) if "kill" in events else None)
        server.faults.clear()
        # The first finishes a reading that was interrupted, which is then of two moments; the second reads it again.
        at.night()
        at.night()
        clean = desk(source(server, midnight), lake="clean")
        clean.night()
    assert sorted(staged(at.lake)) == sorted(staged(clean.lake))
    assert set(staged(at.lake)) == truth(world)
    people = ["person_key", "org_unit_id", "valid_from_on", "valid_to_on"]
    assert (
        at.lake.read("membership")
        .select(people)
        .sort(people)
        .equals(clean.lake.read("membership").select(people).sort(people))
    )


_NIGHTS = st.lists(st.lists(st.sampled_from(EVENTS), max_size=5), min_size=1, max_size=3)
_HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch, unjudged: None) -> None:
    monkeypatch.setenv("CULTURE_KPIS_KUDOS_TOKEN", TOKEN)


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=_HEALTH)
@given(nights=_NIGHTS, seed=st.integers(0, 1_000))
def test_any_history_ends_as_one_clean_pull(
    desk: Callable[..., Desk], tmp_path: Path, midnight: dt.datetime, nights: list[list[str]], seed: int
) -> None:
    _history(desk, tmp_path, midnight, nights, seed)


@pytest.mark.soak
@settings(max_examples=150, deadline=None, suppress_health_check=_HEALTH)
@given(nights=_NIGHTS, seed=st.integers(0, 1_000_000))
def test_very_many_histories_end_as_one_clean_pull(
    desk: Callable[..., Desk], tmp_path: Path, midnight: dt.datetime, nights: list[list[str]], seed: int
) -> None:
    _history(desk, tmp_path, midnight, nights, seed)
