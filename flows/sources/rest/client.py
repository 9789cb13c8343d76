"""The one HTTP client of every connector: paced, patient, and silent about secrets."""

from __future__ import annotations

import datetime as dt
import email.utils
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from pydantic import SecretStr

from flows.errors import SourcePermanentError, SourceTransientError
from flows.sources.rest.auth import Auth, Login
from flows.sources.rest.credentials import variable
from flows.sources.rest.pace import Pace, seconds_asked
from flows.sources.rest.paging import found
from flows.sources.rest.refusal import refused, unanswered

_TRANSIENT = {408, 425, 429, *range(500, 600)}
_TIMEOUT = httpx.Timeout(60.0, connect=20.0)


@dataclass(frozen=True)
class Patience:
    """How often a call is tried, how long it waits where the vendor does not say, and how long where it does."""

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_asked: float = 900.0


PATIENCE = Patience()


@dataclass(frozen=True)
class Call:
    """One request. `url` is a path of the system or a link it gave; `what` names the endpoint in messages."""

    what: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    needs: str = ""
    paces: tuple[Pace, ...] = ()
    is_json: bool = True


@dataclass(frozen=True)
class Answer:
    """A complete answer: its bytes as received, its headers in lower case and, for JSON, the parsed document."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    document: Any = field(repr=False, default=None)


class Client:
    """Calls to one account of one vendor, for one configured source. Threads may share it.

    Every failure is one of `flows.errors`: transient when trying later may help (exit 10), else permanent (exit 11).
    """

    def __init__(
        self,
        source: str,
        url: str,
        auth: Auth,
        secrets: Mapping[str, SecretStr],
        pace: Pace,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source = source
        self.url = url.rstrip("/")
        self.ahead: dt.timedelta | None = None  # the vendor's clock less ours, once it has answered
        self._auth, self._secrets, self._pace = auth, dict(secrets), pace
        self._sleep = sleep
        self.at_once = pace.budget.at_once
        self._http = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=True)
        self._bearer: SecretStr | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def now(self) -> dt.datetime:
        """The present moment by the vendor's clock, as far as it is known."""
        return dt.datetime.now(dt.UTC) + (self.ahead or dt.timedelta())

    def send(self, call: Call) -> Answer:
        """The answer to a call, after as many attempts as patience allows."""
        url = self._address(call)
        wait, logged_in_again = PATIENCE.first_wait, False
        for attempt in range(1, PATIENCE.attempts + 1):
            outcome = self._once(call, url)
            if isinstance(outcome, Answer):
                return outcome
            if isinstance(self._auth, Login) and outcome.status == httpx.codes.UNAUTHORIZED and not logged_in_again:
                self._bearer, logged_in_again = None, True
                continue
            if outcome.error is not None:
                raise outcome.error
            last = attempt == PATIENCE.attempts
            asked = outcome.asked
            if last or (asked or 0) > PATIENCE.longest_asked:
                for_how_long = f" and asks to wait {asked:,.0f} s" if asked else ""
                raise unanswered(self.source, call.what, f"{outcome.told}{for_how_long} (attempt {attempt})")
            if asked is not None:
                self._pause(call, asked)
            else:
                self._sleep(wait)
                wait = min(wait * 2, PATIENCE.longest_wait)
        raise AssertionError("the last attempt answers or raises")

    def _address(self, call: Call) -> str:
        """The whole address; a link to another host is refused, for the secret would go there."""
        if "://" not in call.url:
            return f"{self.url}/{call.url.lstrip('/')}"
        here, there = urlsplit(self.url), urlsplit(call.url)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise refused(self.source, call.what, f"the next page lies on another host ({there.netloc}); not followed")
        return call.url

    def _pause(self, call: Call, seconds: float) -> None:
        for pace in (self._pace, *call.paces):
            pace.pause(seconds)

    def _once(self, call: Call, url: str) -> Answer | _Failed:
        try:
            headers = self._headers()
        except SourceTransientError:
            return _Failed("the login does not answer")
        except SourcePermanentError as error:
            return _Failed("", error=error)
        try:
            with ExitStack() as turns:
                for pace in (*call.paces, self._pace):
                    turns.enter_context(pace.turn())
                response = self._http.request(
                    "GET" if call.body is None else "POST",
                    url,
                    # An address that the vendor gave is taken as it is.
                    params=dict(call.params) or None,
                    json=call.body,
                    headers=headers,
                )
        except httpx.InvalidURL:
            return _Failed("", error=refused(self.source, call.what, "is no address; correct url or account"))
        except httpx.TransportError as error:
            return _Failed(f"does not answer ({type(error).__name__})")
        except httpx.DecodingError:
            return _Failed("answers with a damaged body")
        self._hear_clock(response)
        return self._judged(call, response)

    def _judged(self, call: Call, response: httpx.Response) -> Answer | _Failed:
        status, headers = response.status_code, dict(response.headers.items())
        asked = seconds_asked(headers, self.now())
        if status in _TRANSIENT:
            return _Failed(f"answers {status}", asked=asked)
        if status not in (httpx.codes.OK, httpx.codes.CREATED):
            return _Failed("", status=status, error=refused(self.source, call.what, self._rule(status, call)))
        if asked:
            self._pause(call, min(asked, PATIENCE.longest_asked))
        if not call.is_json:
            return Answer(response.content, headers)
        try:
            return Answer(response.content, headers, orjson.loads(response.content))
        except orjson.JSONDecodeError:
            begun = response.content.lstrip()[:1] in (b"{", b"[")
            return _Failed(f"answers with {'a body that is cut off' if begun else 'something that is not JSON'}")

    def _rule(self, status: int, call: Call) -> str:
        names = " and ".join(variable(self.source, secret) for secret in self._auth.secrets)
        if status == httpx.codes.UNAUTHORIZED:
            return f"answers 401, who asks is not known; correct {names}"
        if status == httpx.codes.FORBIDDEN:
            return f"answers 403, who asks may not; it needs {call.needs or 'more permissions'}"
        if httpx.codes.is_redirect(status):
            return f"answers {status} and sends elsewhere; correct url or account"
        return f"answers {status}; correct url, account or options, or leave the endpoint out"

    def _headers(self) -> dict[str, str]:
        plain = {name: secret.get_secret_value() for name, secret in self._secrets.items()}
        if not isinstance(self._auth, Login):
            return self._auth.headers(plain)
        with self._lock:
            if self._bearer is None:
                self._bearer = self._log_in(self._auth, plain)
            return {"Authorization": f"Bearer {self._bearer.get_secret_value()}"}

    def _log_in(self, login: Login, plain: Mapping[str, str]) -> SecretStr:
        """A new token. Whatever goes wrong here is told as the login's own failure."""
        filled = login.filled(plain)
        sent: dict[str, Any] = {"data": filled} if login.is_form else {"json": filled}
        try:
            with self._pace.turn():
                # Declared and not answered: another host may be asked, too.
                address = login.path if "://" in login.path else self._address(Call("login", login.path))
                response = self._http.post(address, **sent)
        except httpx.InvalidURL:
            raise refused(self.source, "login", "is no address; correct url, account or options") from None
        except httpx.TransportError as error:
            raise unanswered(self.source, "login", f"does not answer ({type(error).__name__})") from None
        except httpx.DecodingError:
            raise unanswered(self.source, "login", "answers with a damaged body") from None
        if response.status_code in _TRANSIENT:
            raise unanswered(self.source, "login", f"answers {response.status_code}")
        try:
            token = found(orjson.loads(response.content), login.token) if response.is_success else None
        except orjson.JSONDecodeError:
            token = None
        if not token:
            status = response.status_code if not response.is_success else httpx.codes.UNAUTHORIZED
            raise refused(self.source, "login", self._rule(status, Call("login", "")))
        return SecretStr(str(token))

    def _hear_clock(self, response: httpx.Response) -> None:
        try:
            said = email.utils.parsedate_to_datetime(response.headers.get("date", ""))
        except ValueError:
            return
        self.ahead = (said if said.tzinfo else said.replace(tzinfo=dt.UTC)) - dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class _Failed:
    """An attempt that failed: in words, how long the vendor asks to wait, and the error where it is final."""

    told: str
    status: int = 0
    asked: float | None = None
    error: SourcePermanentError | None = None
