"""`init` and `sources check`: from an export to a configuration that loads."""

import json
from pathlib import Path

import pytest

from flows.cli import run
from flows.settings import load_settings
from tests.flows.bad_input.desk import THANKS, TICKETS, Desk

REAL = Path(__file__).resolve().parents[2] / "../shared/data"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CULTURE_KPIS_CONFIG", "CULTURE_KPIS_WAREHOUSE_URL", "CULTURE_KPIS_LAKE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_init_without_files_writes_a_configuration_that_loads(tmp_path: Path, capsys: Captured) -> None:
    assert run(["init", "--name", "Ours", "--timezone", "Europe/Berlin", "--holidays", "DE-BE"]) == 0

    settings = load_settings(tmp_path / "culture-kpis.toml")
    assert (settings.organisation.name, settings.organisation.timezone) == ("Ours", "Europe/Berlin")
    said = capsys.readouterr().out
    assert "It has no source yet" in said
    assert "`culture-kpis sources check`" in said


def test_init_proposes_a_source_per_file_and_says_how_many_lines_are_guesses(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "tickets.csv").write_text(TICKETS)

    assert run(["init", "tickets.csv", "--out", "new/ours.toml"]) == 0

    said = capsys.readouterr().out
    assert "new/ours.toml written with 1 proposed source\n" in said
    assert "  tickets: " in said
    assert "marked unsure" in said
    assert "`culture-kpis --config new/ours.toml sources check`" in said
    assert [source.name for source in load_settings(tmp_path / "new/ours.toml").sources] == ["tickets"]


def test_init_gives_files_of_one_name_names_of_their_own(tmp_path: Path) -> None:
    for folder in ("may", "june"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tickets.csv").write_text(TICKETS)
    (tmp_path / "tickets.tsv").write_text(TICKETS.replace(",", "\t"))
    files = ["may/tickets.csv", "june/tickets.csv", "tickets.tsv", "may/tickets.csv", "may/tickets.csv"]

    assert run(["init", *files]) == 0

    names = [source.name for source in load_settings(tmp_path / "culture-kpis.toml").sources]
    assert names[:2] == ["tickets", "june-tickets"]
    assert len(set(names)) == 5


def test_init_never_replaces_a_configuration_unasked(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "culture-kpis.toml").write_text("# mine\n")

    assert run(["init"]) == 2

    assert "is there already; give --out another file" in capsys.readouterr().err
    assert (tmp_path / "culture-kpis.toml").read_text() == "# mine\n"
    assert run(["init", "--force"]) == 0


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (
            ["--timezone", "Europe/Berlln"],
            2,
            "--timezone: unknown time zone 'Europe/Berlln'; did you mean 'Europe/Berlin'?",
        ),
        (["--holidays", "DE-XX"], 2, "--holidays: unknown subdivision 'XX'"),
        (["--out", "file/c.toml"], 2, "--out file/c.toml: cannot be written"),
        (["missing.csv"], 11, "missing.csv"),
        (["odd.csv"], 11, "odd.csv: not recognised by its columns; say what it holds with --kind"),
        (["tickets.csv", "--kind", "tikets"], 2, "tikets"),
    ],
)
def test_init_says_what_is_wrong_and_writes_nothing(
    arguments: list[str], exit_code: int, says: str, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "odd.csv").write_text("x,y\n1,2\n")
    (tmp_path / "tickets.csv").write_text(TICKETS)

    assert run(["init", *arguments]) == exit_code

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert says in shown.err
    assert not (tmp_path / "culture-kpis.toml").exists()


@pytest.mark.acceptance
@pytest.mark.skipif(not REAL.exists(), reason="real data sets are not beside the repository")
def test_what_init_proposes_for_the_four_real_exports_loads_and_checks(tmp_path: Path, capsys: Captured) -> None:
    files = [
        "tickets_servicenow/incident_event_log.zip",
        "recognition_uboot/credits.csv.gz",
        "employee_survey_pierce/responses.csv.gz",
        "customer_survey_sfo/2017.csv.gz",
    ]

    assert run(["init", *(str(REAL / file) for file in files)]) == 0
    assert run(["sources", "check", "--json"]) == 0

    out = capsys.readouterr().out
    reports = json.loads(out[out.index("[\n") :])
    assert [report["kind"] for report in reports] == ["tickets", "recognition", "survey", "survey"]
    assert [sum(page["n_rows"] for page in report["pages"]) for report in reports] == [141_712, 55_984, 14_725, 2_831]
    assert [report["errors"] for report in reports] == [[], [], [], []]


def test_sources_check_shows_mapping_problems_and_what_is_missing(tmp_path: Path, capsys: Captured) -> None:
    desk = Desk.opened_in(tmp_path)
    desk.export("tickets.csv", TICKETS + "5,tomorrow,,Frozen,South,cora,\n")
    desk.export("thanks.csv", "")

    assert run(["sources", "check"]) == 11

    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert "desk: tickets, grain snapshot" in lines
    assert any(line.split() == ["tickets.csv", "5", "opened", "not_a_date"] for line in lines)
    assert any(line.split()[:2] == ["created_at", "opened"] for line in lines)
    assert any(line.strip().startswith("not mapped: updated_at, ") for line in lines)
    assert any(line.startswith('error source "thanks", file thanks.csv: is empty') for line in lines)
    assert "Frozen" not in shown.out
    assert "cora" not in shown.out


def test_sources_check_without_a_source(tmp_path: Path, capsys: Captured) -> None:
    run(["init"])
    capsys.readouterr()

    assert run(["sources", "check"]) == 14

    assert "no [[source]] is configured; `culture-kpis init" in capsys.readouterr().err


def test_without_a_configuration_the_command_that_makes_one_is_named(capsys: Captured) -> None:
    for command in (["run"], ["status"], ["doctor"], ["validate"], ["sources", "check"], ["query", "SELECT 1"]):
        assert run(command) == 14
        shown = capsys.readouterr()
        assert "make one with `culture-kpis init`" in shown.out + shown.err


def test_a_recognition_export_of_three_columns_is_enough(tmp_path: Path) -> None:
    (tmp_path / "thanks.csv").write_text(THANKS)

    assert run(["init", "thanks.csv", "--kind", "recognition"]) == 0
    assert load_settings(tmp_path / "culture-kpis.toml").sources[0].kind == "recognition"
