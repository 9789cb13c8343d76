"""Zendesk against its simulated server: two whole nights, every row of them, and nothing that names anybody."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.pipeline import landing
from flows.pipeline.night import Night
from flows.sources.rest import pace
from tests.flows.sources.vendors.conftest import Desk
from tests.flows.sources.vendors.zendesk_routes import Routes
from tests.flows.sources.vendors.zendesk_server import EMAIL, TOKEN, block, show, zendesk
from tests.flows.sources.vendors.zendesk_truth import expected, read, staged, tables
from tests.flows.sources.vendors.zendesk_world import World
from transforms.contracts import STAGED
from transforms.facts import Facts
from transforms.facts.reconciliation import compared
from transforms.marts.restricted import fct_ticket

_KINDS = {"reply_time": "reply", "requester_wait_time": "requester_wait"}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CULTURE_KPIS_ZENDESK_EMAIL", EMAIL)
    monkeypatch.setenv("CULTURE_KPIS_ZENDESK_TOKEN", TOKEN)
    monkeypatch.setattr(pace, "_MINUTE", 0.001)  # ten exports a minute would take hours here


def test_a_night_from_the_server_to_the_lake(
    desk: Callable[..., Desk], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("httpx", "httpcore", "flows"):
        caplog.set_level(logging.DEBUG, logger=name)
    world = World(seed=7)
    world.grow(40, days=2)
    routes = Routes(world)
    with zendesk(routes) as server:
        of = desk(block(server.url))
        of.night()

    assert staged(of) == expected(routes)
    assert of.lake.read("quarantine").is_empty()
    assert of.lake.read("calendar_closure").height == 2
    assert of.lake.read("membership").height == len(world.agents)
    _nobody_is_named(tmp_path, caplog)


def test_organisations_of_customers_are_those_of_the_list(desk: Callable[..., Desk], unjudged: None) -> None:
    world = World(seed=7)
    world.grow(40)
    routes = Routes(world)
    with zendesk(routes) as server:
        of = desk(block(server.url))
        of.night()
        assert _organisations(of) == [(str(number), f"Customer {number}") for number in range(1, 6)]

        world.rename_organization(2, "Another name")
        world.delete_organization(3)
        show(server, routes)
        of.night()

    assert _organisations(of) == [("1", "Customer 1"), ("2", "Another name"), ("4", "Customer 4"), ("5", "Customer 5")]
    found = {name: frame for name in STAGED if not (frame := of.lake.read(name)).is_empty()}
    shown = fct_ticket(Facts(found, of.settings.context(world.now.date())))
    names = dict(_organisations(of))
    asked = shown.select("customer_organisation_id", "customer_organisation_name").drop_nulls(
        "customer_organisation_id"
    )
    # One that was renamed, one that was deleted, and one that the list never had.
    assert {"2", "3", "6"} <= set(asked["customer_organisation_id"])
    assert all(name == names.get(number) for number, name in asked.iter_rows())


def _organisations(of: Desk) -> list[tuple[str, str]]:
    told = of.lake.read("customer_organisation")
    return told.select("customer_organisation_id", "customer_organisation_name").sort("*").rows()


def test_the_second_night_follows_every_change_and_asks_for_little(desk: Callable[..., Desk]) -> None:
    world = World(seed=7)
    world.grow(150, days=3)
    routes = Routes(world, page_size=40)
    with zendesk(routes) as server:
        of = desk(block(server.url))
        _land(of)
        first, asked = len(server.log), len(server.log)
        _change(world, max(world.agents))
        show(server, routes)
        _land(of)
        assert len(server.log) - asked < 0.6 * first

    assert read(of) == expected(routes)
    found = {name: frame for name, frame in tables(of).items() if not frame.is_empty()}
    facts = Facts(found, of.settings.context(world.now.date()))
    _measures_agree(facts)
    _promises_agree(facts, world)
    _nothing_of_a_redacted_text_is_left(found["ticket_event"], facts)


def _land(of: Desk) -> None:
    landing.land(of.settings.sources[0], of.lake, Night.now())


def _change(world: World, leaver: int) -> None:
    world.delete(1000)
    world.merge(1001, into=1002)
    world.redact(1003)
    world.touch(1004)
    world.leave(leaver)
    world.edit_response(min(world.responses), 1)
    world.grow(20)


def _measures_agree(facts: Facts) -> None:
    """Ours are the vendor's, counted independently. It goes on measuring what is open; nobody is 0 stations to it."""
    differing = compared(facts).filter(pl.col("reason").is_not_null())

    named = ~((pl.col("measure") == "assignee_stations") & pl.col("ours").is_null() & (pl.col("theirs") == 0))
    strange = differing.filter(~pl.col("reason").is_in(["still_open", "merged"]), named)
    assert strange.to_dicts() == []
    assert compared(facts).filter(pl.col("reason").is_null()).height > 1000


def _promises_agree(facts: Facts, world: World) -> None:
    told = {row["promise_id"]: row for row in facts.promises.collect().to_dicts()}
    truth = {f"{one.ticket_id}-{_KINDS[one.metric]}-{one.number}": one for one in world.sla()[1]}
    alive = {key: one for key, one in truth.items() if key in told and not told[key]["is_cancelled"]}

    assert len(alive) > 200
    assert {key: told[key]["target_minutes"] for key in alive} == {key: one.target for key, one in alive.items()}
    settled = {key: one.verdict for key, one in alive.items() if one.verdict != "running"}
    verdicts = {"kept": ("kept", "fulfilled"), "broken": ("broken",)}
    wrong = {key: told[key]["state"] for key, verdict in settled.items() if told[key]["state"] not in verdicts[verdict]}
    assert wrong == {}


def _nothing_of_a_redacted_text_is_left(staged: pl.DataFrame, facts: Facts) -> None:
    """The old updates were not exported again: their fingerprints were landed, and end with the redaction."""
    is_told, is_theirs = pl.col("fingerprint").is_not_null(), pl.col("ticket_id") == "1003"
    assert not staged.filter(is_told & is_theirs).is_empty()
    left = facts.events.filter(is_told).collect()
    assert left.filter(is_theirs).is_empty()
    assert left.height == staged.filter(is_told & ~is_theirs).height


def _nobody_is_named(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the token nor an e-mail address stands in a log, or in the lake beyond landing."""
    assert TOKEN not in caplog.text
    assert "customer.example" not in caplog.text
    files = [file for file in (folder / "lake").rglob("*") if file.is_file() and "landing_payload" not in str(file)]
    assert len(files) > 20
    secret = re.compile(rf"{TOKEN}|{EMAIL}|@customer\.example|x@y\.example".encode())
    tables = [file for file in files if file.suffix == ".parquet"]
    told = "".join(pl.read_parquet(file).write_json() for file in tables)
    assert not [file for file in files if secret.search(file.read_bytes())]
    assert not secret.search(told.encode())
