"""`culture-kpis warehouse`: what makes a server ready for its first night; no password is ever shown."""

from pathlib import Path

import pytest

from flows.cli import run
from flows.errors import StorageError
from tests.flows.bad_input.desk import KEY, Desk
from tests.postgres_server import Server

Captured = pytest.CaptureFixture[str]
SECRET = "s3cret"


def test_a_server_is_prepared_before_its_first_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Server, capsys: Captured
) -> None:
    database = postgres.empty_database().set(username="postgres", password=SECRET)
    options = ["--warehouse", database.render_as_string(hide_password=False)]
    desk = Desk.opened_in(tmp_path)
    monkeypatch.setenv("CULTURE_KPIS_WAREHOUSE_URL", options[1])
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)

    with pytest.raises(StorageError, match="no tables yet; run `culture-kpis warehouse upgrade`") as caught:
        desk.run()
    assert not (desk.folder / "var/lake/landed_page").exists()
    assert run([*options, "warehouse", "grants"]) == caught.value.exit_code == 13

    assert run([*options, "warehouse", "upgrade"]) == 0
    assert run([*options, "warehouse", "upgrade"]) == 0
    assert run([*options, "warehouse", "grants"]) == 0
    assert run([*options, "query", "SELECT 1"]) == 13

    shown = capsys.readouterr()
    assert shown.out.splitlines()[0].startswith("0001 ")
    assert [line.rpartition(": ")[2] for line in shown.out.splitlines() if "://" in line] == [
        "upgraded",
        "up to date",
        "kpi_reader, kpi_steward and kpi_writer have their rights",
    ]
    assert shown.err.splitlines()[-1].endswith("does not exist; run `culture-kpis run` to build it")
    assert SECRET not in shown.out + shown.err + str(caught.value)


def test_a_file_has_no_roles(tmp_path: Path, capsys: Captured) -> None:
    options = ["--warehouse", f"sqlite:///{tmp_path}/warehouse.sqlite"]

    assert run([*options, "warehouse", "upgrade"]) == 0
    assert run([*options, "warehouse", "grants"]) == 13

    assert "a file is protected by its owner and mode" in capsys.readouterr().err
