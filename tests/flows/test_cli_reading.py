"""Commands that read: `status`, `doctor`, `validate`, `query`, `export`, `report`, on a desk that was published."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.answer import as_csv, as_json_lines, show_answer
from flows.cli import run
from flows.lake import Lake
from flows.status import state_of
from tests.flows.bad_input.desk import KEY, Desk

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk.opened_in(tmp_path_factory.mktemp("desk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)
        patch.setenv("CULTURE_KPIS_CONFIG", str(desk.configuration))
        desk.run()
        yield desk


@pytest.fixture(autouse=True)
def _published(published: Desk) -> None:
    """Every test here needs it."""


def test_query_shows_a_table_whose_lines_are_never_cut(capsys: Captured) -> None:
    assert run(["query", "SELECT * FROM kpi_value ORDER BY kpi_id"]) == 0

    shown = capsys.readouterr()
    head, *rows = shown.out.splitlines()
    assert len(head) > 300
    assert "kpi_name" in head.split()
    assert "Promises kept" in shown.out
    assert len(rows) > 20
    assert shown.err == ""


def test_query_aligns_numbers_and_leaves_missing_values_empty(capsys: Captured) -> None:
    run(["query", "SELECT 'a' AS name, 1.5::DOUBLE AS value UNION ALL SELECT 'b[red]', NULL ORDER BY name"])

    assert capsys.readouterr().out == "name     value\na       1.5000\nb[red]\n"


def test_query_unqualified_names_are_those_of_marts(capsys: Captured) -> None:
    run(["query", "SELECT count(*) AS n FROM dim_principle", "--json"])

    assert json.loads(capsys.readouterr().out) == {"n": 11}


def test_query_as_csv_and_as_json_lines(capsys: Captured) -> None:
    sql = "SELECT source, sum(n_rows)::INT AS n FROM meta_row_accounting GROUP BY ALL ORDER BY ALL"

    assert run(["query", sql, "--csv"]) == 0
    assert capsys.readouterr().out == "source,n\ndesk,4\ndesk-events,3\npulse,3\nthanks,3\n"
    assert run(["query", sql, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == {"source": "desk", "n": 4}


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELEC 1", "syntax error at or near"),
        ("SELECT * FROM kpi_valu", "did you mean kpi_value?"),
        ("SELECT * FROM zzz", "there are dim_date, "),
        ("SELECT happiness FROM kpi_value", 'LIMIT 1"'),
        ("DROP TABLE fct_kpi_value", "read-only"),
        ("DELETE FROM fct_kpi_value", "read-only"),
        ("CREATE TABLE mine AS SELECT 1", "read-only"),
        ("COPY (SELECT 1) TO 'out.csv'", "disabled by configuration"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
        ("SELECT * FROM restricted.fct_ticket", "does not exist"),
        ("SELECT INTERVAL 3 MONTH", "cast it to VARCHAR"),
        ("   ", "the query is empty"),
    ],
)
def test_query_refuses_what_is_wrong_or_writes(sql: str, says: str, capsys: Captured) -> None:
    assert run(["query", sql]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert says in shown.err


def test_answers_of_unusual_types_are_written_all_the_same(capsys: Captured) -> None:
    answer = pl.DataFrame(
        {
            "bytes": [b"x"],
            "list": [[1, 2]],
            "took": [dt.timedelta(hours=3)],
            "at": [dt.datetime(2026, 1, 2, tzinfo=dt.UTC)],
            "no": [None],
        }
    )

    show_answer(answer)

    assert capsys.readouterr().out.splitlines()[1].split() == ["78", "[1,", "2]", "PT3H", "2026-01-02", "00:00:00"]
    assert as_csv(answer).splitlines()[1].startswith('78,"[1, 2]",PT3H,2026-01-02')
    assert json.loads(as_json_lines(answer))["list"] == [1, 2]


def test_a_cell_cannot_move_the_cursor_or_begin_a_line(capsys: Captured) -> None:
    show_answer(pl.DataFrame({"name": ["North\n\x1b[2JSouth"]}))

    assert capsys.readouterr().out == "name\nNorth  [2JSouth\n"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_export_writes_one_table(ending: str, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "new" / f"values.{ending}"

    assert run(["export", "dim_principle", "--out", str(out)]) == 0

    assert capsys.readouterr().out == f"11 rows of dim_principle in {out}\n"
    read = pl.read_csv(out) if ending == "csv" else pl.read_parquet(out)
    assert read.height == 11
    assert [file.name for file in out.parent.iterdir()] == [out.name]


@pytest.mark.parametrize(
    ("table", "says"), [("dim_principl", "did you mean dim_principle?"), ("a;b", "is not the name")]
)
def test_export_of_no_table(table: str, says: str, tmp_path: Path, capsys: Captured) -> None:
    assert run(["export", table, "--out", str(tmp_path / "x.csv")]) == 2

    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["export", "dim_principle", "--out", "{}/x.csv"], ["report", "--out", "{}/x.svg"]])
def test_a_place_that_cannot_be_written(command: list[str], tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")

    assert run([word.format(tmp_path / "file") for word in command]) == 13

    said = capsys.readouterr().err
    assert f"{tmp_path}/file/x." in said
    assert "cannot be written" in said
    assert said.count("\n") == 1


def test_report_draws_the_scorecard(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "card.svg"

    assert run(["report", "--out", str(out)]) == 0

    assert str(out) in capsys.readouterr().out
    assert "Small Desk" in out.read_text()


def test_status_of_an_old_night_is_stale(capsys: Captured) -> None:
    assert run(["status"]) == 16

    shown = capsys.readouterr()
    assert "nightly-" in shown.out
    assert "desk-events      1" in shown.out
    assert "3 staged" in shown.out
    assert shown.err.startswith("culture-kpis: stale: the newest numbers end 2026-04-01 00:00 UTC")
    assert shown.err.count("\n") == 1


def test_status_as_json_says_the_same(capsys: Captured) -> None:
    assert run(["status", "--json"]) == 16

    told = json.loads(capsys.readouterr().out)
    assert told["stale"] is True
    assert [source["source"] for source in told["sources"]] == ["desk", "desk-events", "pulse", "thanks"]
    assert [source["n_rows"] for source in told["sources"]] == [4, 3, 3, 3]
    assert told["runs"][0]["run_on"] == "2026-03-31"


def test_status_loads_no_orchestrator_and_no_judge() -> None:
    script = (
        "import sys\nfrom flows.cli import run\ncode = run(['status'])\n"
        "heavy = {'prefect', 'great_expectations', 'dlt', 'pandas', 'duckdb', 'scipy'}\n"
        "print(code, sorted(heavy & set(sys.modules)))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert found.stdout.splitlines()[-1] == "16 []"


def landings(lake: Lake, *days: int) -> None:
    """A page of source `desk` that landed on each of these days of March."""
    for day in days:
        moment = dt.datetime(2026, 3, day, 2, tzinfo=dt.UTC)
        lake.land("desk", iter([(f"{day}.csv", f"page {day}".encode())]), moment)


@pytest.mark.parametrize(
    ("days", "now", "overdue"),
    [
        pytest.param((1, 2, 3), 4, False, id="daily, a day ago"),
        pytest.param((1, 2, 3), 6, True, id="daily, three days ago"),
        pytest.param((1, 8, 15), 22, False, id="weekly, a week ago"),
        pytest.param((1, 8, 15), 30, True, id="weekly, fifteen days ago"),
        pytest.param((1, 2), 30, False, id="no rhythm is known of two deliveries"),
    ],
)
def test_a_source_is_overdue_after_twice_its_usual_pause(
    tmp_path: Path, days: tuple[int, ...], now: int, *, overdue: bool
) -> None:
    lake = Lake(str(tmp_path / "lake"))
    landings(lake, *days)

    state = state_of(lake, dt.datetime(2026, 3, now, 4, tzinfo=dt.UTC), ["desk", "never"])

    assert ("source desk is overdue" in (state.stale_because or "")) is overdue
    assert state.sources["source"].to_list() == ["desk", "never"]


def test_a_source_that_is_no_longer_configured_is_not_overdue(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    landings(lake, 1, 2, 3)

    state = state_of(lake, dt.datetime(2026, 3, 30, tzinfo=dt.UTC), ["other"])

    assert "overdue" not in (state.stale_because or "")


def test_validate_judges_everything_again_and_changes_nothing(published: Desk, capsys: Captured) -> None:
    warehouse = published.folder / "var/warehouse.duckdb"
    before = warehouse.read_bytes()

    assert run(["validate"]) == 0

    assert "0 with failures" in capsys.readouterr().out
    assert warehouse.read_bytes() == before


def test_doctor_examines_everything_one_line_each(published: Desk, capsys: Captured) -> None:
    assert run(["doctor"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == [
        *("python", "packages", "configuration", "key"),
        *("source", "source", "source", "source"),
        *("lake", "warehouse", "disk"),
    ]
    assert all(line.startswith("✓ ") for line in lines)
    assert f"Small Desk: 4 sources in {published.configuration}" in lines[2]
    assert lines[8].endswith(": 1 published run")


def test_doctor_goes_on_after_the_first_finding(
    published: Desk, capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CULTURE_KPIS_PSEUDONYM_KEY")
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_bytes(b"no database" * 500)

    assert run(["--warehouse", f"duckdb:///{damaged}", "doctor"]) == 14

    bad = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✗")]
    assert [line.split()[1] for line in bad] == ["key", "warehouse"]
    assert "it is not a DuckDB file" in bad[1]


@pytest.mark.parametrize("command", [["query", "SELECT 1"], ["export", "dim_date", "--out", "x.csv"], ["report"]])
def test_before_the_first_run_the_command_that_builds_the_warehouse_is_named(
    command: list[str], tmp_path: Path, capsys: Captured
) -> None:
    assert run(["--warehouse", f"duckdb:///{tmp_path}/none.duckdb", *command]) == 13

    assert "does not exist; run `culture-kpis run` to build it" in capsys.readouterr().err
