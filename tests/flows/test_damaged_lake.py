"""A damaged table of the lake is named by whichever command meets it: one line, exit code 13, no traceback."""

from pathlib import Path

import pytest

from flows.cli import run
from flows.lake import Lake
from flows.summary import quality_rows
from tests.flows.bad_input.desk import Desk
from tests.flows.lake.conftest import rows_of

TABLES = ("meta_run", "landed_page", "meta_row_accounting", "quarantine", "meta_validation", "survey_item")


def damage(lake: Lake, table: str) -> None:
    """Cut the data files of a table short."""
    lake.merge(table, rows_of(table, {}))
    for part in Path(lake.location.table(table)).glob("**/*.parquet"):
        part.write_bytes(part.read_bytes()[:40])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk of which the lake knows a row of each table."""
    desk = Desk.opened_in(tmp_path)
    monkeypatch.setenv("CULTURE_KPIS_CONFIG", str(desk.configuration))
    for table in TABLES:
        desk.lake.merge(table, rows_of(table, {}))
    return desk


@pytest.mark.parametrize(
    ("table", "command"),
    [
        ("meta_run", "status"),
        ("landed_page", "status --json"),
        ("meta_row_accounting", "status"),
        ("quarantine", "status"),
        ("quarantine", "quarantine list"),
        ("quarantine", "quarantine show x"),
        ("quarantine", "quarantine retry"),
        ("meta_run", "runs list"),
        ("meta_validation", "runs show"),
        ("survey_item", "validate"),
    ],
)
def test_a_command_names_the_damaged_table(
    desk: Desk, table: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(desk.lake, table)

    assert run(command.split()) == 13

    said = capsys.readouterr().err
    place = desk.lake.location.table(table)
    assert said.startswith(f"culture-kpis: lake {place}: cannot read: the table is damaged; restore its folder")
    assert said.count("\n") == 1


def test_what_a_nights_artifact_is_made_of_names_it_too(desk: Desk) -> None:
    damage(desk.lake, "meta_validation")

    with pytest.raises(Exception, match="the table is damaged") as caught:
        quality_rows(desk.lake)

    assert type(caught.value).__name__ == "StorageError"
