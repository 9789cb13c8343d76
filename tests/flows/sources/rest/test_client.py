from __future__ import annotations

import datetime as dt
import email.utils
import json
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from flows.errors import SourcePermanentError, SourceTransientError
from flows.sources.rest import client as http
from flows.sources.rest.auth import BEARER, Auth, Basic, InHeader, Login
from flows.sources.rest.client import Call, Client, Patience
from flows.sources.rest.declaration import Budget
from flows.sources.rest.pace import Pace
from tests.flows.sources.vendors.simulated import (
    Asked,
    Fault,
    Told,
    VendorServer,
    dropped,
    limited,
    status,
    truncated,
    web_page,
)

SECRET = "s3cr3t-value"
CALL = Call("things", "/things", needs="an administrator's token")


def answer(asked: Asked) -> Told:
    if asked.path == "/login":
        known = json.loads(asked.body or b"{}") == {"key": SECRET}
        return Told.json({"data": {"jwt": f"jwt-{SECRET}"}} if known else {}, 200 if known else 403)
    return Told.json({"list": [{"id": 1}], "asked": dict(asked.params)})


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with VendorServer(answer) as running:
        yield running


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client waited where the vendor did not say; nothing really waits."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=4, first_wait=1, longest_wait=3, longest_asked=60))
    return []


@pytest.fixture
def opened(server: VendorServer, waits: list[float]) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(auth: Auth = BEARER, url: str | None = None, pace: Pace | None = None) -> Client:
        secrets = {secret: SecretStr(SECRET) for secret in auth.secrets}
        free = pace or Pace(Budget(per_minute=10_000))
        made.append(Client("desk", url or server.url, auth, secrets, free, sleep=waits.append))
        return made[-1]

    yield make
    for each in made:
        each.__exit__()


@pytest.mark.parametrize("faults", [[status(500)], [status(503), status(502)], [dropped], [truncated], [web_page]])
def test_what_passes_by_is_waited_out(
    server: VendorServer, opened: Callable[..., Client], waits: list[float], faults: list[Fault]
) -> None:
    server.faults = list(faults)

    assert opened().send(CALL).document["list"] == [{"id": 1}]
    assert waits == [1, 2, 3][: len(faults)]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (status(500), "answers 500"),
        (dropped, "does not answer (RemoteProtocolError)"),
        (truncated, "cut off"),
        (web_page, "not JSON"),
        (limited(), "answers 429"),
    ],
)
def test_what_stays_is_a_transient_error_of_one_line(
    server: VendorServer, opened: Callable[..., Client], fault: Fault, told: str
) -> None:
    server.faults = [fault] * 10

    with pytest.raises(SourceTransientError) as raised:
        opened().send(CALL)

    line = str(raised.value)
    assert line.startswith('source "desk", things: ')
    assert told in line
    assert "\n" not in line
    assert len(server.log) == 4


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (401, "correct CULTURE_KPIS_DESK_TOKEN"),
        (403, "it needs an administrator's token"),
        (404, "leave the endpoint out"),
        (302, "correct url or account"),
    ],
)
def test_what_only_a_person_can_mend_is_not_tried_again(
    server: VendorServer, opened: Callable[..., Client], code: int, told: str
) -> None:
    server.faults = [status(code)]

    with pytest.raises(SourcePermanentError, match=told):
        opened().send(CALL)

    assert len(server.log) == 1


def test_an_address_where_nobody_listens(opened: Callable[..., Client]) -> None:
    with pytest.raises(SourceTransientError, match=r"does not answer \(ConnectError\)"):
        opened(url="http://127.0.0.1:1").send(CALL)


@pytest.mark.parametrize("seconds", ["2", "date"])
def test_retry_after_is_obeyed_to_the_second(
    server: VendorServer, opened: Callable[..., Client], waits: list[float], seconds: str
) -> None:
    later = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3), usegmt=True)
    server.faults = [limited(later if seconds == "date" else seconds)]
    clock = [0.0]

    def sleep(wait: float) -> None:
        clock[0] += wait

    pace = Pace(Budget(per_minute=10_000), sleep=sleep, clock=lambda: clock[0])

    assert opened(pace=pace).send(CALL).document["list"]
    assert 1.5 <= clock[0] <= 3
    assert waits == []


def test_a_vendor_that_asks_for_hours_is_not_waited_for(server: VendorServer, opened: Callable[..., Client]) -> None:
    server.faults = [limited("7200")]

    with pytest.raises(SourceTransientError, match=r"answers 429 and asks to wait 7,200 s"):
        opened().send(CALL)


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (BEARER, "authorization", f"Bearer {SECRET}"),
        (InHeader("X-API-TOKEN", "{token}"), "x-api-token", SECRET),
        (Basic("{email}/token", "{token}"), "authorization", "Basic czNjcjN0LXZhbHVlL3Rva2VuOnMzY3IzdC12YWx1ZQ=="),
    ],
)
def test_secrets_travel_in_headers(
    server: VendorServer, opened: Callable[..., Client], auth: Auth, header: str, value: str
) -> None:
    opened(auth).send(CALL)

    assert server.log[0].headers[header] == value
    assert SECRET not in server.log[0].path + str(server.log[0].params)


def test_a_login_is_made_once_and_again_when_its_token_is_refused(
    server: VendorServer, opened: Callable[..., Client]
) -> None:
    desk = opened(Login("/login", token="data.jwt", body={"key": "{key}"}))
    server.faults = [None, None, status(401)]

    for _ in range(3):
        desk.send(CALL)

    assert server.paths() == ["/login", "/things", "/things", "/login", "/things", "/things"]
    assert server.log[1].headers["authorization"] == f"Bearer jwt-{SECRET}"


def test_a_login_that_is_refused_names_its_variable(server: VendorServer, opened: Callable[..., Client]) -> None:
    desk = opened(Login("/login", token="data.jwt", body={"key": "wrong {key}"}))

    with pytest.raises(SourcePermanentError, match="login: answers 403"):
        desk.send(CALL)


def test_a_link_to_another_host_is_not_followed(server: VendorServer, opened: Callable[..., Client]) -> None:
    with pytest.raises(SourcePermanentError, match=r"another host \(elsewhere.example.test\)"):
        opened().send(Call("things", "https://elsewhere.example.test/things"))

    assert server.log == []


def test_a_link_keeps_its_own_parameters(server: VendorServer, opened: Callable[..., Client]) -> None:
    answered = opened().send(Call("things", f"{server.url}/things?page=2&x=a%2Bb"))

    assert answered.document["asked"] == {"page": "2", "x": "a+b"}


def test_the_vendors_clock_counts(server: VendorServer, opened: Callable[..., Client]) -> None:
    server.ahead = dt.timedelta(hours=3)
    desk = opened()

    desk.send(CALL)

    assert abs(desk.now() - dt.datetime.now(dt.UTC) - server.ahead) < dt.timedelta(seconds=2)


@pytest.mark.parametrize("fault", [status(401), status(403), status(500), dropped, web_page, limited("9999")])
def test_no_secret_in_any_error_or_representation(
    server: VendorServer, opened: Callable[..., Client], fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.faults = [fault] * 10
    desk = opened()

    with pytest.raises((SourcePermanentError, SourceTransientError)) as raised:
        desk.send(CALL)

    shown = f"{raised.value!r} {raised.getrepr()} {desk!r} {vars(desk)} {caplog.text}"
    assert SECRET not in shown
