"""A simulated vendor: a real HTTP server on loopback with authentication, a request log and faults by script."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as the vendor sees it."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Told:
    """One answer. `cut` sends that many bytes of the body and drops the connection."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None

    @classmethod
    def json(cls, document: Any, status: int = 200, **headers: str) -> Told:
        """A JSON answer; `_` in header names becomes `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = json.dumps(document, ensure_ascii=False).encode()
        return cls(body, status, {"Content-Type": "application/json", **named})


# What a fault does with the answer that would have been given.
Fault = Callable[[Told], Told]


def limited(seconds: str | None = None) -> Fault:
    """429, with or without `Retry-After` (seconds or a date)."""
    return lambda _: Told.json({"error": "limit"}, 429, **({"Retry_After": seconds} if seconds else {}))


def status(code: int) -> Fault:
    """Any other status."""
    return lambda _: Told.json({"error": "no"}, code)


def dropped(told: Told) -> Told:
    """The connection breaks in the middle of the body."""
    return Told(told.body, told.status, told.headers, cut=len(told.body) // 2)


def truncated(told: Told) -> Told:
    """A body that ends early, though its length says it is whole."""
    return Told(told.body[: len(told.body) // 2], told.status, told.headers)


def web_page(_: Told) -> Told:
    """A page for people where JSON is expected."""
    return Told(b"<html><body>maintenance</body></html>", 200, {"Content-Type": "text/html"})


class VendorServer:
    """Serves `answer`, which maps a request to an answer. Use it as a context manager.

    `refuses` says whether a request's headers are not good enough (401). `faults` are consumed one per request to a
    path that contains `faulty_path`, None meaning that this one goes well. `ahead` is how far the vendor's clock is
    ahead of ours. `cpu` are the CPU seconds that answering took.
    """

    def __init__(
        self, answer: Callable[[Asked], Told], *, refuses: Callable[[Mapping[str, str]], bool] = lambda _: False
    ) -> None:
        self.log: list[Asked] = []
        self.faults: list[Fault | None] = []
        self.faulty_path = ""
        self.ahead = dt.timedelta()
        self.cpu = 0.0
        self._answer, self._refuses = answer, refuses
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    def __enter__(self) -> VendorServer:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def paths(self) -> list[str]:
        """Paths asked for so far."""
        return [asked.path for asked in self.log]

    def respond(self, asked: Asked) -> Told:
        """The answer to a request, faults included."""
        with self._lock:
            self.log.append(asked)
            fault = self.faults.pop(0) if self.faults and self.faulty_path in asked.path else None
        told = Told.json({"error": "who?"}, 401) if self._refuses(asked.headers) else self._answer(asked)
        return fault(told) if fault else told

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else a body that follows its headers waits 40 ms for the client's word that these have come.
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                began = time.thread_time()
                super().handle_one_request()
                with server._lock:
                    server.cpu += time.thread_time() - began

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                params = dict(parse_qsl(address.query, keep_blank_values=True))
                told = server.respond(Asked(self.command, address.path, params, headers, body))
                self.send_response_only(told.status)
                now = dt.datetime.now(dt.UTC) + server.ahead
                self.send_header("Date", email.utils.format_datetime(now, usegmt=True))
                self.send_header("Content-Length", str(len(told.body)))
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told.body if told.cut is None else told.body[: told.cut])
                self.close_connection = told.cut is not None

            do_POST = do_GET  # noqa: N815 - the names that the server looks for

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
