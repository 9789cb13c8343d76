"""`sources check` says in words what is missing; no token and, beyond landing, no address stands anywhere."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.cli import run
from flows.doctor import examine
from flows.errors import CultureKpisError
from flows.pipeline import landing
from tests.flows.sources.vendors.bonusly_server import TOKEN, BonuslyWorld, company
from tests.flows.sources.vendors.conftest import Desk
from tests.flows.sources.vendors.simulated import VendorServer, status
from tests.flows.sources.vendors.test_bonusly import DAYS, source


@pytest.fixture
def world(midnight: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> BonuslyWorld:
    monkeypatch.setenv("CULTURE_KPIS_KUDOS_TOKEN", TOKEN)
    return company(n_people=12, n_bonuses=60, begins=midnight - dt.timedelta(days=DAYS), days=DAYS)


@pytest.fixture
def server(world: BonuslyWorld) -> Iterator[VendorServer]:
    with world.serve() as running:
        yield running


def checked(at: Desk, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    """Exit code, and what was told of each thing tried."""
    assert at.settings.config_file is not None
    code = run(["--config", str(at.settings.config_file), "sources", "check", "--json"])
    report = json.loads(capsys.readouterr().out)[0]
    return code, {tried["what"]: tried["told"] for tried in report["tried"]}


def test_one_cheap_call_for_each_thing(
    desk: Callable[..., Desk], server: VendorServer, midnight: dt.datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    at = desk(source(server, midnight))

    code, told = checked(at, capsys)

    assert code == 0
    assert told["credentials"] == f"accepted by {server.url}"
    assert told["users"] == "answers, 12 rows on the page tried"
    assert server.paths() == ["/users/me", "/users", "/bonuses"]
    assert at.lake.version("landed_page") is None


def test_what_is_missing_is_said_in_words(
    desk: Callable[..., Desk], server: VendorServer, midnight: dt.datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    server.ahead = dt.timedelta(hours=2)
    server.faults = [None, None, status(403)]

    code, told = checked(desk(source(server, midnight)), capsys)

    assert code == 11
    assert told["clock"].startswith("this machine is 120 minutes behind the vendor; set its clock")
    assert "it needs a token that may read bonuses" in told["bonuses"]


def test_the_doctor_asks_live_sources_too(
    desk: Callable[..., Desk], server: VendorServer, midnight: dt.datetime
) -> None:
    at = desk(source(server, midnight))
    well = [finding for finding in examine(lambda: at.settings) if finding.subject == "source"]
    server.faults = [None, status(404)]
    ill = [finding for finding in examine(lambda: at.settings) if finding.subject == "source"]

    assert [(finding.text, finding.exit_code) for finding in well] == [("kudos: bonusly answers", 0)]
    assert ill[0].exit_code == 11
    assert ill[0].text.startswith('source "kudos", users: answers 404')


def test_a_wrong_token_is_named_by_its_variable(
    desk: Callable[..., Desk],
    server: VendorServer,
    midnight: dt.datetime,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CULTURE_KPIS_KUDOS_TOKEN", "wrong")

    code, told = checked(desk(source(server, midnight)), capsys)

    assert code == 11
    assert list(told) == ["credentials"]
    assert told["credentials"].endswith("answers 401, who asks is not known; correct CULTURE_KPIS_KUDOS_TOKEN")


def test_neither_token_nor_address_leaves_its_place(
    desk: Callable[..., Desk],
    server: VendorServer,
    world: BonuslyWorld,
    midnight: dt.datetime,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    world.bonuses[0]["amount"] = "many"
    at = desk(source(server, midnight))

    at.night()
    server.faults = [status(500)] * 4
    with pytest.raises(CultureKpisError) as raised:
        landing.land(at.settings.sources[0], at.lake, dt.datetime.now(dt.UTC))

    told = f"{caplog.text} {raised.value!r} {raised.getrepr()} {at.settings!r} {at.settings.sources[0].model_dump()}"
    assert TOKEN not in told
    assert "@example.test" not in told
    for file in (tmp_path / "lake").rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert TOKEN.encode() not in content
        # Landed pages and quarantined rows are kept as received.
        if not {"landing_payload", "quarantine"} & set(file.relative_to(tmp_path / "lake").parts):
            assert b"@example.test" not in content, file
