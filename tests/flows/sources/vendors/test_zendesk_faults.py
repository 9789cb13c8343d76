"""What may go wrong while Zendesk is pulled: nothing is lost or doubled, or one line says why and the cursor stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows import boundaries
from flows.errors import CultureKpisError, SourcePermanentError, SourceTransientError
from flows.pipeline import landing
from flows.pipeline.night import Night
from flows.sources.rest import pace
from tests.flows.sources.vendors import simulated
from tests.flows.sources.vendors.conftest import Desk
from tests.flows.sources.vendors.simulated import Fault, Told, VendorServer
from tests.flows.sources.vendors.zendesk_routes import Routes
from tests.flows.sources.vendors.zendesk_server import EMAIL, TOKEN, block, show, zendesk
from tests.flows.sources.vendors.zendesk_truth import expected, read
from tests.flows.sources.vendors.zendesk_world import World

Opened = Callable[..., Desk]


class KilledError(BaseException):
    """The process dies here."""


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CULTURE_KPIS_ZENDESK_EMAIL", EMAIL)
    monkeypatch.setenv("CULTURE_KPIS_ZENDESK_TOKEN", TOKEN)
    monkeypatch.setattr(pace, "_MINUTE", 0.001)  # ten exports a minute would take hours here


@pytest.fixture(scope="module")
def routes() -> Routes:
    """An account that nobody changes."""
    world = World(seed=11)
    world.grow(30, days=2)
    return Routes(world, page_size=40)


@pytest.fixture
def server(routes: Routes) -> Iterator[VendorServer]:
    with zendesk(routes) as opened:
        yield opened


def land(of: Desk) -> None:
    landing.land(of.settings.sources[0], of.lake, Night.now())


def altered(change: Callable[[dict], None]) -> Fault:
    """The answer with something changed in its JSON."""

    def fault(told: Told) -> Told:
        document = json.loads(told.body)
        change(document)
        return replace(told, body=json.dumps(document).encode())

    return fault


def _repeats_its_first_row(document: dict) -> None:
    for rows in document.values():
        if isinstance(rows, list) and rows:
            rows.append(rows[0])


def _loses_a_field(document: dict) -> None:
    for ticket in document.get("tickets", ()):
        ticket.pop("priority")


def _changes_types(document: dict) -> None:
    for ticket in document.get("tickets", ()):
        ticket |= {"type": 7, "id": str(ticket["id"]), "tags": "none", "via": "email"}


@pytest.mark.parametrize(
    "fault",
    [
        simulated.limited("0"),
        simulated.limited(),
        simulated.status(503),
        simulated.dropped,
        simulated.truncated,
        simulated.web_page,
        altered(_repeats_its_first_row),
        altered(_changes_types),
    ],
    ids=["429_after", "429", "503", "dropped", "truncated", "web_page", "repeated_row", "changed_type"],
)
def test_a_fault_here_and_there_costs_nothing(fault: Fault, server: VendorServer, routes: Routes, desk: Opened) -> None:
    server.faults = [None, fault, None, fault, fault, None, None, fault] * 2
    of = desk(block(server.url))

    land(of)

    assert read(of) == expected(routes)


def test_a_field_that_is_gone_is_missing_and_nothing_else(server: VendorServer, routes: Routes, desk: Opened) -> None:
    server.faulty_path, server.faults = "incremental/tickets", [altered(_loses_a_field)] * 50
    of = desk(block(server.url))

    land(of)

    assert read(of)["ticket"] == expected(routes)["ticket"]


def test_a_pull_that_fails_goes_on_where_it_stopped(server: VendorServer, routes: Routes, desk: Opened) -> None:
    of = desk(block(server.url))
    server.faulty_path, server.faults = "ticket_events", [None, *[simulated.status(500)] * 4]

    with pytest.raises(SourceTransientError, match=r"ticket_events: .*it goes on where it stopped"):
        land(of)
    asked = [one.params for one in server.log if "ticket_events" in one.path]
    server.log.clear()
    land(of)

    again = [one.params for one in server.log if "ticket_events" in one.path]
    assert again[0] == asked[1]  # the page that failed
    # What was pulled to its end before is asked for its news alone.
    assert len([one for one in server.log if "incremental/tickets" in one.path]) == 1
    assert read(of) == expected(routes)


@pytest.mark.parametrize(("code", "says"), [(401, "CULTURE_KPIS_ZENDESK"), (403, "role admin")])
def test_a_refusal_is_one_line_and_names_no_secret(code: int, says: str, server: VendorServer, desk: Opened) -> None:
    of = desk(block(server.url))
    server.faulty_path, server.faults = "incremental/tickets", [simulated.status(code)] * 9

    with pytest.raises(SourcePermanentError) as raised:
        land(of)

    told = str(raised.value)
    assert "tickets" in told
    assert says in told
    assert "\n" not in told
    assert TOKEN not in told


def test_a_cursor_that_never_moves_is_seen(server: VendorServer, routes: Routes, desk: Opened) -> None:
    stuck = altered(lambda document: document.update(end_of_stream=False, after_cursor="same"))
    server.faulty_path, server.faults = "incremental/tickets", [stuck] * 9

    with pytest.raises(SourceTransientError, match="tickets"):
        land(desk(block(server.url)))


_FAULTS = {
    "limited": simulated.limited("0"),
    "500": simulated.status(500),
    "dropped": simulated.dropped,
    "truncated": simulated.truncated,
    "web_page": simulated.web_page,
}
_DEEDS = st.one_of(
    st.tuples(st.just("grow"), st.integers(1, 12)),
    st.tuples(st.sampled_from(["delete", "merge", "redact", "touch", "edit", "leave"]), st.integers(0, 40)),
    st.tuples(st.sampled_from(sorted(_FAULTS)), st.integers(0, 25)),
    st.tuples(st.just("kill"), st.integers(0, 8)),
    st.tuples(st.just("night"), st.just(0)),
)


@given(deeds=st.lists(_DEEDS, min_size=3, max_size=9), seed=st.integers(0, 99))
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_interleaving_ends_as_one_clean_pull(deeds: list[tuple[str, int]], seed: int, desk: Opened) -> None:
    check_interleaving(deeds, seed, desk)


@pytest.mark.soak
@given(deeds=st.lists(_DEEDS, min_size=3, max_size=40), seed=st.integers(0, 9999))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_long_interleaving_ends_as_one_clean_pull(deeds: list[tuple[str, int]], seed: int, desk: Opened) -> None:
    check_interleaving(deeds, seed, desk)


def check_interleaving(deeds: list[tuple[str, int]], seed: int, desk: Opened) -> None:
    """Deeds of people, of the network and of the machine, with nights in between; then one night without faults."""
    world = World(seed=seed)
    world.grow(25)
    routes = Routes(world, page_size=40)
    with zendesk(routes) as server:
        of = desk(block(server.url), lake=f"lake-{seed}-{abs(hash(str(deeds)))}")
        for deed, number in deeds:
            if deed in _FAULTS:
                server.faults = [None] * number + [_FAULTS[deed]] * (number % 6)
            elif deed in ("night", "kill"):
                _night(of, killed_at=number if deed == "kill" else None)
            else:
                _do(world, deed, number)
                show(server, routes)
        server.faults = []
        land(of)

        assert read(of) == expected(routes)


def _do(world: World, deed: str, number: int) -> None:
    tickets = sorted(world.tickets)
    chosen = tickets[number % len(tickets)]
    if deed == "grow":
        world.grow(number)
    elif deed in ("delete", "redact", "touch"):
        getattr(world, deed)(chosen)
    elif deed == "merge":
        world.merge(chosen, into=tickets[0])
    elif deed == "leave":
        world.leave(sorted(world.agents)[number % 12])
    elif world.responses:
        world.edit_response(sorted(world.responses)[number % len(world.responses)], 1 + number % 5)


def _night(of: Desk, killed_at: int | None) -> None:
    """A night that may fail, or die at a boundary."""
    left = [killed_at]

    def observe(_: str) -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise KilledError

    boundaries.observers.append(observe)
    try:
        land(of)
    except (CultureKpisError, KilledError):
        pass
    finally:
        boundaries.observers.remove(observe)
