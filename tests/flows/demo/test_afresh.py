from pathlib import Path

import pytest

from flows.demo.afresh import company_in, forget_computed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "exports" / "tickets").mkdir(parents=True)
    (tmp_path / "exports" / "tickets" / "tickets.csv").write_text("ticket_id\nT-1\n")
    (tmp_path / "culture-kpis.toml").write_text('[lake]\nurl = "lake"\n')
    return tmp_path


def test_an_empty_folder_holds_no_company(tmp_path: Path) -> None:
    assert company_in(tmp_path) is None


def test_the_same_files_are_the_same_company(folder: Path) -> None:
    assert company_in(folder) == company_in(folder)


@pytest.mark.parametrize("changed", ["culture-kpis.toml", "exports/tickets/tickets.csv", "exports/tickets/more.csv"])
def test_a_changed_or_new_file_is_another_company(folder: Path, changed: str) -> None:
    before = company_in(folder)

    (folder / changed).write_text("something else")

    assert company_in(folder) != before


def test_what_was_computed_goes_and_what_was_made_stays(folder: Path) -> None:
    (folder / "lake" / "ticket").mkdir(parents=True)
    (folder / "warehouse.duckdb").touch()
    (folder / "warehouse_restricted.duckdb").touch()

    forget_computed(folder)

    assert sorted(path.name for path in folder.iterdir()) == ["culture-kpis.toml", "exports"]
