"""`culture-kpis runs` and `quarantine` on a desk one of whose events came before its ticket was opened, it seems."""

import datetime as dt
import json

import pytest

from flows import cli
from tests.flows.bad_input.desk import EVENTS, KEY, NIGHT, TICKETS, Desk

EARLY = "3,2026-03-03 09:00,reply,zoe\n"


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A night with an early event; then the ticket's opening is corrected, and a second night."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)
        desk = Desk.opened_in(tmp_path_factory.mktemp("desk"))
        desk.export("events.csv", EVENTS + EARLY)
        desk.run()
        desk.export(
            "tickets.csv", TICKETS.replace("3,2026-03-03 11:00,,Active", "3,2026-03-03 08:00,2026-03-09 12:00,Solved")
        )
        desk.run(NIGHT + dt.timedelta(days=1))
    return desk


@pytest.fixture
def ask(mended: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)
    monkeypatch.setenv("CULTURE_KPIS_CONFIG", str(mended.configuration))

    def answer(*words: str, code: int = 0) -> str:
        assert cli.run(list(words)) == code
        found = capsys.readouterr()
        return found.err if code else found.out

    return answer


def test_reasons_are_counted(ask) -> None:
    (row,) = json.loads(ask("quarantine", "list", "--json"))

    assert (row["source"], row["reason"], row["n_rows"], row["n_pages"]) == (
        "desk-events",
        "event_before_creation",
        1,
        1,
    )
    assert "event_before_creation" in ask("quarantine", "list", "--source", "desk-events")
    assert ask("quarantine", "list", "--source", "pulse") == "nothing is in quarantine\n\n"


def test_a_row_is_shown_by_its_place_and_as_received_only_when_asked(ask) -> None:
    shown = ask("quarantine", "show", "desk-events")

    assert "events.csv" in shown
    assert " 4 " in shown
    assert "zoe" not in shown
    assert "zoe" in ask("quarantine", "show", "desk-events", "--raw")
    assert "zoe" not in ask("quarantine", "show", "desk-events", "--json")


def test_runs_are_listed_newest_first_and_shown_by_the_beginning_of_their_id(ask) -> None:
    newest, first = json.loads(ask("runs", "list", "--json"))
    told = json.loads(ask("runs", "show", first["run_id"][:-1], "--json"))
    shown = ask("runs", "show")

    assert (newest["run_on"], first["run_on"]) == ("2026-04-01", "2026-03-31")
    assert told["run"]["run_id"] == first["run_id"]
    fates = {(row["source"], row["fate"]): row["n_rows"] for row in told["rows"]}
    assert fates["desk-events", "quarantined"] == 1
    assert newest["run_id"] in shown
    assert "succeeded" in shown


def test_an_id_of_no_run_or_of_several_is_refused(ask) -> None:
    assert "no run with an id" in ask("runs", "show", "nobody", code=2)
    assert "2 runs with an id" in ask("runs", "show", "nightly-", code=2)


def test_a_row_is_staged_after_its_fix_once_it_is_tried_again(ask, mended: Desk) -> None:
    said = ask("quarantine", "retry", "--source", "desk-events")
    mended.run(NIGHT + dt.timedelta(days=1))

    assert said == "desk-events: 1 rows of 1 pages will be staged again by the next `culture-kpis run`\n"
    assert mended.quarantined("desk-events") == []
    assert mended.fates("desk-events") == {"staged": 4}
    assert "no such row is in quarantine" in ask("quarantine", "retry", code=2)
