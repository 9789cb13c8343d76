"""`culture-kpis reconcile`: counts by measure and reason, differences one by one, and nobody's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.cli import run
from flows.lake import Lake
from tests.transforms.sample_organisation import person, table
from tests.transforms.sample_tickets import at, event, ticket

# Opened Monday 09:00, answered 11:00, solved 12:00; the ticket system says 11:30 and two replies.
LIFE = [
    event(1, at(0, 9), "status", "new"),
    event(1, at(0, 11), "public_reply"),
    event(1, at(0, 12), "status", "solved"),
]
THEIRS = {
    "ticket_id": "T1",
    "updated_at": at(1),
    "public_agent_reply_count": 2,
    "first_reply_calendar_minutes": 150.0,
    "full_resolution_calendar_minutes": 180.0,
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    file = tmp_path / "culture-kpis.toml"
    file.write_text('[lake]\nurl = "lake"\n', encoding="utf-8")
    monkeypatch.setenv("CULTURE_KPIS_CONFIG", str(file))
    lake = Lake(str(tmp_path / "lake"))
    lake.merge("ticket", table("ticket", [ticket(1, requester_key=person(7))]))
    lake.merge("ticket_event", table("ticket_event", LIFE))
    return lake


def test_differences_are_counted_listed_and_explained(desk: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    desk.merge("ticket_metric", table("ticket_metric", [THEIRS]))

    assert run(["reconcile", "--json", "--limit", "1"]) == 0

    told = json.loads(capsys.readouterr().out)
    by_measure = {row["measure"]: row for row in told["by_measure"]}
    assert told["tickets"] == 1
    assert by_measure["full_resolution_calendar_minutes"]["agree"] == 1
    assert by_measure["first_reply_calendar_minutes"]["definition"] == 1
    assert len(told["differences"]) == 1
    assert person(7) not in json.dumps(told)


def test_people_get_a_table(desk: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    desk.merge("ticket_metric", table("ticket_metric", [THEIRS]))

    assert run(["reconcile"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith("1 tickets, ")
    assert [line.split() for line in shown.splitlines() if "T1" in line and "first_reply_calendar" in line] == [
        ["sample", "T1", "first_reply_calendar_minutes", "120", "150", "definition"]
    ]


def test_without_measures_of_the_source_one_line_says_so(desk: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reconcile"]) == 14
    assert run(["reconcile", "--limit", "-1"]) == 2

    told = capsys.readouterr().err.splitlines()
    assert "no source tells its own measures of tickets" in told[0]
    assert "--limit -1 must be 0 or more" in told[1]
