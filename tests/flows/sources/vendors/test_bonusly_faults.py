"""Every fault a vendor is known for: the night brings the server's truth, or one line and the cursor where it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import polars as pl
import pytest

from flows import boundaries
from flows.errors import CultureKpisError, DataQualityError
from flows.pipeline import landing
from tests.flows.sources.vendors.bonusly_server import TOKEN, BonuslyWorld, bonus, company
from tests.flows.sources.vendors.conftest import Desk
from tests.flows.sources.vendors.simulated import (
    Fault,
    Told,
    VendorServer,
    dropped,
    limited,
    status,
    truncated,
    web_page,
)
from tests.flows.sources.vendors.test_bonusly import DAYS, source, staged, truth

pytestmark = pytest.mark.usefixtures("unjudged")


class Killed(BaseException):
    """What a process that is killed never gets to handle."""


@pytest.fixture
def world(midnight: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> BonuslyWorld:
    monkeypatch.setenv("CULTURE_KPIS_KUDOS_TOKEN", TOKEN)
    return company(n_people=40, n_bonuses=900, begins=midnight - dt.timedelta(days=DAYS), days=DAYS)


@pytest.fixture
def server(world: BonuslyWorld) -> Iterator[VendorServer]:
    with world.serve() as running:
        yield running


@pytest.fixture
def at(desk: Callable[..., Desk], server: VendorServer, midnight: dt.datetime) -> Desk:
    return desk(source(server, midnight))


def land(at: Desk) -> int:
    return landing.land(at.settings.sources[0], at.lake, dt.datetime.now(dt.UTC))


def renamed(told: Told) -> Told:
    return Told(told.body.replace(b'"result"', b'"results"'), told.status, told.headers)


def test_passing_faults_cost_time_and_no_row(at: Desk, server: VendorServer, world: BonuslyWorld) -> None:
    server.faults = [
        *(None, status(500), None, status(502), status(503), None, None, limited("0"), limited(), None),
        *(dropped, None, truncated, None, web_page, None, dropped, truncated, None),
    ]

    at.night()

    assert server.faults == []
    assert set(staged(at.lake)) == truth(world)
    assert len(staged(at.lake)) == len(truth(world))


@pytest.mark.parametrize(
    ("fault", "exit_code", "told"),
    [
        (status(401), 11, "CULTURE_KPIS_KUDOS_TOKEN"),
        (status(403), 11, "it needs a token that may read bonuses"),
        (status(404), 11, "answers 404"),
        (renamed, 11, "its form has changed"),
        (status(500), 10, "answers 500"),
        (limited(), 10, "answers 429"),
        (limited("86400"), 10, "asks to wait 86,400 s"),
        (dropped, 10, "does not answer"),
        (truncated, 10, "cut off"),
        (web_page, 10, "not JSON"),
    ],
)
def test_a_lasting_fault_is_one_line_and_the_next_run_goes_on_there(
    at: Desk, server: VendorServer, fault: Fault, exit_code: int, told: str
) -> None:
    server.faulty_path = "/bonuses"
    server.faults = [None, None, None, *([fault] * 4)]

    with pytest.raises(CultureKpisError) as raised:
        land(at)

    assert raised.value.exit_code == exit_code
    assert told in str(raised.value)
    assert str(raised.value).startswith('source "kudos", bonuses: ')
    assert "\n" not in str(raised.value)
    cursors = at.lake.read("source_cursor").filter(pl.col("endpoint") == "bonuses")
    n_landed = at.lake.landed("kudos").filter(pl.col("page_name").str.starts_with("bonuses")).height
    assert cursors["pages"].list.len().sum() == n_landed == 3
    server.faults, asked = [], len(server.log)
    land(at)
    assert server.paths()[asked] == "/users"
    repeated = {str(each.params) for each in server.log[:asked]} & {str(each.params) for each in server.log[asked:]}
    last_good = [each for each in server.log[:asked] if each.path == "/bonuses"][2]
    assert str(last_good.params) not in repeated or cursors.filter(~pl.col("is_complete")).is_empty()


@pytest.mark.parametrize(("boundary", "time"), [("pages landed:kudos", 1), ("staged:kudos", 2)])
def test_a_kill_anywhere_loses_and_doubles_nothing(
    at: Desk, world: BonuslyWorld, boundary: str, time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = 0

    def kill(name: str) -> None:
        nonlocal passed
        passed += name == boundary
        if name == boundary and passed == time:
            raise Killed

    monkeypatch.setattr(boundaries, "observers", [kill])
    with pytest.raises(Killed):
        at.night()

    at.night()

    assert set(staged(at.lake)) == truth(world)
    assert len(staged(at.lake)) == len(truth(world))


def test_rows_that_come_and_go_while_paging_are_neither_lost_nor_doubled(
    at: Desk, server: VendorServer, world: BonuslyWorld
) -> None:
    def shift(told: Told) -> Told:
        for young in sorted(world.bonuses, key=lambda bonus: bonus["created_at"])[-40::20]:
            world.bonuses.remove(young)
        return told

    server.faulty_path = "/bonuses"
    server.faults = [None, shift, None, None, shift, None, shift]

    at.night()
    at.night()

    assert set(staged(at.lake)) == truth(world)
    accounting = at.lake.read("meta_row_accounting").group_by("source_page").agg(pl.col("n_rows").sum())
    pages = at.lake.read("landed_page").filter("is_staged").join(accounting, on="source_page", suffix="_accounted")
    assert pages.filter(pl.col("n_rows") != pl.col("n_rows_accounted")).is_empty()


def test_fields_that_vanish_or_change_their_type_cost_their_own_row_only(
    at: Desk, world: BonuslyWorld, midnight: dt.datetime
) -> None:
    good = truth(world)
    moment = midnight - dt.timedelta(days=3)
    world.bonuses += [
        bonus(900_001, moment, [1], amount="12"),
        bonus(900_002, moment, [2], reason={"text": "thanks", "html": "<b>thanks</b>"}),
        bonus(900_003, moment, [3], amount="many"),
        bonus(900_004, moment, [4], created_at=f"{moment:%Y-%m-%d} at noon"),
        bonus(900_005, moment, [5], receivers=None),
        bonus(900_006, moment, [6], receivers=None, receiver={"email": "member6@example.test"}),
        bonus(900_008, moment, [8], giver={"email": "bot@example.test", "user_mode": "bot"}),
    ]
    del world.bonuses[-6]["reason"]

    at.night()

    extra = {row[0][-6:]: row for row in set(staged(at.lake)) - good}
    assert set(extra) == {f"{number:x}"[-6:].zfill(6) for number in (900_001, 900_002, 900_006, 900_008)}
    assert extra[f"{900_008:x}".zfill(6)][1] is None
    refused = at.lake.read("quarantine").select("reason", "column_name").sort("reason").rows()
    assert refused == [
        ("missing_value", "receivers.email"),
        ("not_a_date", "created_at"),
        ("not_a_number", "amount"),
    ]


def test_a_vendor_whose_clock_is_off_loses_nothing(at: Desk, server: VendorServer, world: BonuslyWorld) -> None:
    server.ahead = -dt.timedelta(hours=5)
    there = f"{dt.datetime.now(dt.UTC) + server.ahead:%Y-%m-%dT%H:%M:%SZ}"
    world.bonuses[:] = [bonus for bonus in world.bonuses if bonus["created_at"] < there]

    at.night()

    assert set(staged(at.lake)) == truth(world)


def test_a_list_that_is_suddenly_short_is_not_believed(at: Desk, world: BonuslyWorld) -> None:
    at.night()
    before = staged(at.lake)
    kept = world.bonuses[:]
    world.bonuses.clear()

    with pytest.raises(DataQualityError, match=r'source "kudos", bonuses from .*: 0 rows where \d+ were'):
        at.night()

    assert staged(at.lake) == before
    world.bonuses += kept
    assert at.night().n_pages == 0
