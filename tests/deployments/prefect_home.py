"""A company with a Prefect server of its own: commands, the server's API, and a webhook that hears what is told."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.flows.pipeline.small_company import KEY

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 120
_ATTEMPTS = 10


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A loopback address for Apprise's `json://` and the messages it was sent."""
    told: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/hook", told
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class PrefectHome:
    """The environment of the commands, the address of the server, and what the webhook heard."""

    folder: Path
    environment: dict[str, str]
    api: str
    told: list[dict[str, Any]] = field(default_factory=list)

    def start(self, *command: str, folder: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=folder or self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def call(self, *command: str, folder: Path | None = None) -> str:
        """What the command said; it must succeed."""
        process = self.start(*command, folder=folder)
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, said
        return said

    def ask(self, path: str, body: Any = None) -> Any:
        """The answer of the server's API; a body makes it a POST."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.api}{path}", data, {"Content-Type": "application/json"})
        return json.loads(_answer(request))

    def forget_deployments(self) -> None:
        """Delete every deployment from the server."""
        for found in self.ask("/deployments/filter", {}):
            _answer(Request(f"{self.api}/deployments/{found['id']}", method="DELETE"))

    def begin(self, deployment: str, parameters: dict[str, Any] | None = None) -> str:
        """Schedule a run of a deployment (`flow/name`) for now; its id."""
        found = self.ask(f"/deployments/name/{deployment}")
        run = self.ask(f"/deployments/{found['id']}/create_flow_run", {"parameters": parameters or {}})
        return str(run["id"])

    def schedule(self, deployment: str, at: dt.datetime, parameters: dict[str, Any]) -> str:
        """Have a deployment run every minute from a moment on; the id of the first run the server makes of that."""
        found = self.ask(f"/deployments/name/{deployment}")
        timing = {"interval": 60, "anchor_date": at.isoformat(), "timezone": "UTC"}
        asked = {"active": True, "schedule": timing, "parameters": parameters}
        self.ask(f"/deployments/{found['id']}/schedules", [asked])
        question = {"deployments": {"id": {"any_": [found["id"]]}}, "sort": "EXPECTED_START_TIME_ASC"}
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for run in self.ask("/flow_runs/filter", question):
                if run["auto_scheduled"] and run["parameters"] == parameters:
                    return str(run["id"])
            time.sleep(0.5)
        raise AssertionError("the server made no run of the schedule")

    def end_of(self, run: str) -> str:
        """The type of the state a run comes to."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            state: str = self.ask(f"/flow_runs/{run}")["state_type"]
            if state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
                return state
            time.sleep(0.25)
        raise AssertionError(f"the run never ended: {self.ask(f'/flow_runs/{run}')['state']}")


def _answer(request: Request) -> bytes:
    """What the server answers; as Prefect's own client does, ask again while its database is locked (503)."""
    for attempt in range(_ATTEMPTS):
        try:
            with urlopen(request, timeout=30) as answer:
                told: bytes = answer.read()
                return told
        except HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or attempt + 1 == _ATTEMPTS:
                raise
            time.sleep(1)
    raise AssertionError("the last attempt answers or raises")


def environment(home: Path, folder: Path, told_at: str) -> dict[str, str]:
    """That of a machine on which nothing of the orchestrator was ever set up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "CULTURE_KPIS"))}
    return kept | {
        "HOME": str(home),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "CULTURE_KPIS_HOME": str(folder),
        "CULTURE_KPIS_PSEUDONYM_KEY": KEY,
        "CULTURE_KPIS_NOTIFY_URLS": told_at,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
    }
