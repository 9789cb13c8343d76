from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import polars as pl
import pytest

from flows.lake import Lake
from tests.flows.sources.vendors.bonusly_server import TOKEN, BonuslyWorld, company
from tests.flows.sources.vendors.conftest import Desk, key
from tests.flows.sources.vendors.simulated import VendorServer

DAYS = 50


@pytest.fixture
def world(midnight: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> BonuslyWorld:
    monkeypatch.setenv("CULTURE_KPIS_KUDOS_TOKEN", TOKEN)
    return company(n_people=60, n_bonuses=2_000, begins=midnight - dt.timedelta(days=DAYS), days=DAYS)


@pytest.fixture
def server(world: BonuslyWorld) -> Iterator[VendorServer]:
    with world.serve() as running:
        yield running


def source(server: VendorServer, midnight: dt.datetime, more: str = "") -> str:
    start_on = (midnight - dt.timedelta(days=DAYS)).date()
    return f'[[source]]\nname = "kudos"\nconnector = "bonusly"\nurl = "{server.url}"\nstart_on = {start_on}\n{more}\n'


def truth(world: BonuslyWorld, *, private: bool = False) -> set[tuple[str, str, str, float, bool]]:
    """Every recognition the server would show, as (id, giver, receiver, points, is_private)."""
    return {
        (bonus["id"], key(bonus["giver"]["email"]), key(receiver["email"]), float(bonus["amount"]), bonus["private"])
        for bonus in world.bonuses
        if private or not bonus["private"]
        for receiver in bonus["receivers"]
    }


def staged(lake: Lake) -> list[tuple[str, str, str, float, bool]]:
    rows = lake.read("recognition")
    return rows.select("recognition_id", "giver_key", "receiver_key", "points", "is_private").rows()


def stays(lake: Lake) -> list[tuple[str, str, dt.date, dt.date | None]]:
    rows = lake.read("membership").sort("person_key", "valid_from_on")
    return rows.select("person_key", "org_unit_id", "valid_from_on", "valid_to_on").rows()


def test_every_recognition_arrives_once(
    desk: Callable[..., Desk], server: VendorServer, world: BonuslyWorld, midnight: dt.datetime
) -> None:
    at = desk(source(server, midnight))

    at.night()

    rows = staged(at.lake)
    assert len(rows) == len(set(rows))
    assert set(rows) == truth(world)
    # A group of n costs n times its points: one row for each of them.
    groups = at.lake.read("recognition").group_by("recognition_id").agg(pl.len(), pl.col("group_size").first())
    assert groups.select((pl.col("len") == pl.col("group_size")).all()).item()


@pytest.mark.usefixtures("unjudged")
def test_private_ones_come_only_when_asked_for(
    desk: Callable[..., Desk], server: VendorServer, world: BonuslyWorld, midnight: dt.datetime
) -> None:
    at = desk(source(server, midnight, "options = { private = true }"))

    at.night()

    assert set(staged(at.lake)) == truth(world, private=True)


@pytest.mark.usefixtures("unjudged")
def test_a_second_night_asks_for_the_young_windows_and_changes_nothing(
    desk: Callable[..., Desk], server: VendorServer, midnight: dt.datetime
) -> None:
    at = desk(source(server, midnight, "reread_days = 10"))
    at.night()
    versions = {name: at.lake.version(name) for name in ("recognition", "membership", "landed_page")}
    first = len(server.log)

    again = at.night()

    assert again.n_pages == 0
    assert {name: at.lake.version(name) for name in versions} == versions
    assert len(server.log) - first < first / 2


@pytest.mark.usefixtures("unjudged")
def test_late_edits_and_deletions_are_followed(
    desk: Callable[..., Desk], server: VendorServer, world: BonuslyWorld, midnight: dt.datetime
) -> None:
    at = desk(source(server, midnight))
    at.night()

    young = [bonus for bonus in world.bonuses if bonus["created_at"] > f"{midnight - dt.timedelta(days=30):%Y-%m-%d}"]
    for bonus in young[:20]:
        bonus["amount"] += 100
    for bonus in young[20:40]:
        world.bonuses.remove(bonus)
    at.night()

    assert set(staged(at.lake)) == truth(world)
    assert len(staged(at.lake)) == len(truth(world))


@pytest.mark.usefixtures("unjudged")
def test_who_moves_or_leaves_ends_a_stay(
    desk: Callable[..., Desk], server: VendorServer, world: BonuslyWorld, midnight: dt.datetime
) -> None:
    at = desk(source(server, midnight))
    at.night()
    world.people[30]["custom_properties"]["department"] = "elsewhere"
    gone = world.people.pop(31)

    at.night()

    today = dt.datetime.now(dt.UTC).date()
    began, yesterday = dt.date(2024, 1, 1), today - dt.timedelta(days=1)
    found = stays(at.lake)
    assert (key("member30@example.test"), "team-2", began, yesterday) in found
    assert (key("member30@example.test"), "elsewhere", today, None) in found
    assert (key(gone["email"]), "team-3", began, yesterday) in found
    assert len(found) == 61


def test_a_few_rows_that_are_all_refused_do_not_stop_a_night(
    desk: Callable[..., Desk], server: VendorServer, world: BonuslyWorld, midnight: dt.datetime
) -> None:
    world.bonuses[:] = world.bonuses[:3]
    world.people[:] = world.people[:3]
    at = desk(source(server, midnight, "reread_days = 60"))
    at.night()
    for bonus in world.bonuses:
        bonus["amount"] = "many"

    outcome = at.night()

    assert outcome.by_fate == {"quarantined": 3, "staged": 0}
    assert at.lake.read("recognition").is_empty()
