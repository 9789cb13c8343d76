"""What a first night of Zendesk costs, landed and staged: tickets per CPU second, peak memory; and a second night.

    python tests/benchmarks/zendesk.py [TICKETS ...]

Pages come from a server in a process of its own, rendered from a template, without limits. A ticket has five updates
with a comment each, four statuses, a group and an assignee: eleven events. A page holds the thousand tickets of a day.
The second night brings one ticket in a hundred again, with one update.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PAGE, UPDATES = 1_000, 5
_START = int(dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp())
_NUMBER = "77770000"  # stands for the number of the page
_OPENED, _SOLVED = dt.date(2026, 3, 1), dt.date(2026, 3, 2)  # stand for the page's day and the next
_FIRST_DAY = dt.date(2024, 1, 1)
_QUIET = ("organizations", "groups", "group_memberships", "users", "metric_events", "schedules", "holidays")
_SURVEYS = ("satisfaction_ratings", "survey_responses")


def main(sizes: list[int]) -> None:
    """Measure each size in a fresh process."""
    told = [json.loads(subprocess.check_output([sys.executable, __file__, "--measure", str(size)])) for size in sizes]
    print(f"{'tickets':>9} {'CPU s':>7} {'per CPU s':>10} {'peak MB':>8} {'second night CPU s':>19}")
    for one in told:
        print(
            f"{one['tickets']:>9,} {one['cpu']:>7.1f} {one['tickets'] / one['cpu']:>10,.0f} {one['peak']:>8,.0f} "
            f"{one['second']:>19.1f}"
        )


def measure(tickets: int) -> None:
    """Two nights of one size; prints the figures as JSON."""
    context = multiprocessing.get_context("spawn")
    url, more = context.Queue(), context.Event()
    server = context.Process(target=serve, args=(tickets // PAGE, url, more), daemon=True)
    server.start()
    os.environ |= {"CULTURE_KPIS_PSEUDONYM_KEY": "k" * 64}
    os.environ |= {"CULTURE_KPIS_ZENDESK_EMAIL": "a@b.example", "CULTURE_KPIS_ZENDESK_TOKEN": "token"}
    with tempfile.TemporaryDirectory() as folder:
        night = _prepared(Path(folder), url.get())
        began = time.process_time()
        night()
        first = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        more.set()
        began = time.process_time()
        night()
        second = time.process_time() - began
    server.terminate()
    print(json.dumps({"tickets": tickets, "cpu": first, "peak": peak, "second": second}))


def _prepared(folder: Path, url: str) -> Any:
    from expectations import gate  # noqa: F401 - seconds of import that no night should be charged for
    from flows.lake import Lake
    from flows.pipeline import landing, staging
    from flows.pipeline.night import Night
    from flows.settings import load_settings
    from flows.sources.rest import pace

    pace._MINUTE = 0.0
    file = folder / "culture-kpis.toml"
    left_out = json.dumps([*_QUIET, *_SURVEYS])
    lines = ('[lake]\nurl = "lake"', "[[source]]", 'name = "zendesk"', 'connector = "zendesk"', f'url = "{url}"')
    file.write_text("\n".join((*lines, "start_on = 2024-01-01", f"leave_out = {left_out}")) + "\n")
    settings = load_settings(file)
    lake, source = Lake(settings.lake.url), settings.sources[0]

    def night() -> None:
        started = Night.begin(settings, None, "nightly")
        landing.land(source, lake, started.started_at)
        staging.stage(source, settings, lake, started, False)

    return night


def serve(n_pages: int, url: Any, more: Any) -> None:
    """Serve the pages of two exports; where `more` is set, a hundredth of them again."""
    from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer

    tickets, events = _template(_tickets(), "tickets"), _template(_events(), "ticket_events")
    edited = max(n_pages // 100, 1)

    def answer(asked: Asked) -> Told:
        by_cursor = "cursor" in asked.path
        per_ticket = 1 if by_cursor else UPDATES
        page = int(asked.params["cursor"]) if "cursor" in asked.params else 0
        page = max(int(asked.params["start_time"]) - _START, 0) if not by_cursor else page
        last = n_pages * per_ticket + (edited if more.is_set() else 0)
        if page >= last:
            empty = {"tickets": [], "ticket_events": [], "end_of_stream": True}
            return Told.json(empty | {"after_cursor": str(page), "end_time": _START + page})
        number = page if page < n_pages * per_ticket else page - n_pages * per_ticket
        body = (tickets if by_cursor else events).replace(_NUMBER, f"{number // per_ticket + 10_000_000:08d}")
        opened = _FIRST_DAY + dt.timedelta(days=number // per_ticket)
        body = body.replace(f"{_OPENED}T", f"{opened}T").replace(f"{_SOLVED}T", f"{opened + dt.timedelta(days=1)}T")
        told = body.replace('"@end"', "true" if page + 1 >= last else "false").replace('"@next"', str(page + 1))
        return Told(told.replace('"@time"', str(_START + page + 1)).encode())

    with VendorServer(answer) as server:
        url.put(server.url)
        time.sleep(86_400)


def _template(rows: list[dict[str, Any]], name: str) -> str:
    return json.dumps({name: rows, "end_of_stream": "@end", "after_cursor": "@next", "end_time": "@time"})


def _tickets() -> list[dict[str, Any]]:
    metric = {"ticket_id": "1", "reopens": 0, "replies": 2, "solved_at": f"{_SOLVED}T10:00:00Z"}
    minutes = {"calendar": 90, "business": 60}
    durations = ("reply_time", "first_resolution_time", "full_resolution_time", "requester_wait_time")
    metric |= dict.fromkeys((f"{name}_in_minutes" for name in durations), minutes)
    return [
        {
            "id": f"{_NUMBER}{row:04d}",
            "created_at": f"{_OPENED}T08:00:00Z",
            "updated_at": f"{_SOLVED}T10:00:00Z",
            "generated_timestamp": _START,
            "subject": "An order that did not arrive",
            "description": "It was promised for Monday, and nobody answers the telephone." * 3,
            "type": "incident",
            "status": "solved",
            "priority": "normal",
            "requester_id": 5_000_000 + row % 700,
            "assignee_id": 9_000_000 + row % 40,
            "group_id": row % 7,
            "tags": ["order", "late"],
            "via": {"channel": "email", "source": {}},
            "metric_set": metric | {"updated_at": f"{_SOLVED}T10:00:00Z"},
        }
        for row in range(PAGE)
    ]


def _events() -> list[dict[str, Any]]:
    def update(row: int, step: int) -> dict[str, Any]:
        number = f"{_NUMBER}{row:04d}{step}"
        kind, author = ("Create", 5_000_000) if step == 0 else ("Change", 9_000_000)
        said = {"event_type": "Comment", "public": True, "body": "We look at your order and come back to you today."}
        changes = ({"status": "new"}, {"status": "open"}, {"status": "pending"}, {}, {"status": "solved"})[step]
        changes |= {0: {"group_id": str(row % 7)}, 1: {"assignee_id": str(9_000_000 + row % 40)}}.get(step, {})
        children = [
            {"id": f"{number}{place}", "event_type": kind, name: told}
            for place, (name, told) in enumerate(changes.items(), 2)
        ]
        return {
            "id": number,
            "ticket_id": f"{_NUMBER}{row:04d}",
            "timestamp": _START,
            "created_at": f"{_OPENED}T1{step}:00:00Z",
            "updater_id": author + row % 40,
            "child_events": [{"id": f"{number}1", "author_id": author + row % 40, **said}, *children],
        }

    return [update(row, step) for row in range(PAGE // UPDATES) for step in range(UPDATES)]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or [50_000, 500_000])
