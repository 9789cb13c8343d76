"""What the scheduler says comes next, from a loopback server; and why it is not known otherwise."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from flows.next_runs import NextRuns, next_runs
from tests.deployments.prefect_home import free_port

RUN = {"name": "kpi-nightly yesterday", "expected_start_time": "2026-04-01T00:30:00Z"}
Asked = list[tuple[str, str | None, dict[str, Any]]]


@pytest.fixture
def server() -> Iterator[tuple[str, Asked]]:
    asked: Asked = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers["Authorization"], body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps([RUN]).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    found = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{found.server_port}/api", asked
    found.shutdown()
    found.server_close()


def test_the_server_is_asked_for_what_is_scheduled_of_this_product(server: tuple[str, Asked]) -> None:
    url, asked = server

    found = next_runs({"PREFECT_API_URL": f"{url}/", "PREFECT_API_KEY": "k"})

    assert found.runs == (("kpi-nightly yesterday", dt.datetime(2026, 4, 1, 0, 30, tzinfo=dt.UTC)),)
    ((path, key, body),) = asked
    assert (path, key) == ("/api/flow_runs/filter", "Bearer k")
    assert body["flow_runs"] == {"state": {"type": {"any_": ["SCHEDULED"]}}, "tags": {"all_": ["culture-kpis"]}}


def test_a_server_that_does_not_answer_and_none_at_all_are_said() -> None:
    assert next_runs({"PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api"}) == NextRuns(
        unknown_because="the Prefect server at PREFECT_API_URL does not answer"
    )
    assert "names no server" in str(next_runs({}).unknown_because)
