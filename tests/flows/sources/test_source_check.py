import io
import json
from pathlib import Path

import pytest
from polars import Series
from rich.console import Console

from flows.settings import Settings, SourceSettings
from flows.sources.check import check_source, render
from flows.sources.shape import shape_of

ROWS = [
    "number,opened,state,owner",
    "1,2026-01-02 10:00,Active,anna@example.org",
    "2,yesterday,Active,ben@example.org",
    "3,2026-01-03 10:00,Limbo,anna@example.org",
    "1,2026-01-02 10:00,Active,anna@example.org",
]
MAPPING = {
    "name": "desk",
    "kind": "tickets",
    "grain": "snapshot",
    "columns": {"ticket_id": "number", "created_at": "opened", "status": "state", "agent": "owner"},
    "values": {"status": {"open": ["Active"]}},
    "constants": {"channel": "web"},
}


def source_of(folder: Path, **more: object) -> SourceSettings:
    (folder / "a.csv").write_text("\n".join(ROWS) + "\n")
    return SourceSettings.model_validate(MAPPING | {"path": str(folder / "a.csv")} | more)


def test_problems_are_named_by_file_row_column_and_reason(tmp_path: Path) -> None:
    report = check_source(source_of(tmp_path), Settings())

    found = [(each.page_name, each.row, each.column, each.reason) for each in report.problems]
    assert found == [
        ("a.csv", 2, "opened", "not_a_date"),
        ("a.csv", 3, "state", "unknown_value"),
        ("a.csv", 4, None, "exact_duplicate"),
    ]
    assert report.exit_code == 0
    assert report.n_by_reason == {"exact_duplicate": 1, "not_a_date": 1, "unknown_value": 1}
    assert report.n_by_table["ticket"] == 1


def test_what_is_mapped_shows_shapes_and_no_cell(tmp_path: Path) -> None:
    report = check_source(source_of(tmp_path), Settings())

    assert {each.field: (each.reference, each.cells) for each in report.mapped} == {
        "ticket_id": ("number", "whole number, 100% filled"),
        "created_at": ("opened", "text up to 16 characters, 100% filled"),
        "status": ("state", "text up to 6 characters, 100% filled"),
        "agent": ("owner", "text up to 16 characters, 100% filled"),
        "channel": ('always "web"', "constant"),
    }
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(render(report))
    shown = console.export_text() + json.dumps(report.as_json())
    assert "unknown_value" in shown
    assert "anna" not in shown
    assert "Limbo" not in shown


def test_what_is_not_mapped_is_listed_with_its_default(tmp_path: Path) -> None:
    report = check_source(source_of(tmp_path), Settings())

    defaults = {each.field: each.default for each in report.missing}
    assert defaults["is_deleted"] == "false"
    assert "team" in defaults
    assert "ticket_id" not in defaults


def test_a_required_field_that_is_missing_is_an_error_of_configuration(tmp_path: Path) -> None:
    report = check_source(source_of(tmp_path, columns={"ticket_id": "number"}, values={}), Settings())

    assert report.exit_code == 14
    assert any("created_at is not mapped" in error for error in report.errors)
    assert [each.field for each in report.missing if each.is_required] == ["created_at"]


def test_a_source_that_cannot_be_read_is_reported_not_raised(tmp_path: Path) -> None:
    report = check_source(source_of(tmp_path, path=str(tmp_path / "b.csv")), Settings())

    assert report.exit_code == 11
    assert "no file" in report.errors[0]
    assert report.pages == ()


def test_a_missing_column_is_reported_with_the_nearest(tmp_path: Path) -> None:
    columns = {"ticket_id": "numbr", "created_at": "opened"}
    report = check_source(source_of(tmp_path, columns=columns, values={}), Settings())

    assert report.exit_code == 11
    assert 'no column "numbr"' in report.errors[0]
    assert '"number"' in report.errors[0]


def test_only_the_first_rows_are_read_when_asked(tmp_path: Path) -> None:
    report = check_source(source_of(tmp_path), Settings(), rows=1)

    assert [(page.n_rows, page.n_checked) for page in report.pages] == [(4, 1)]
    assert report.problems == ()


def test_invitations_need_a_source_with_answers(tmp_path: Path) -> None:
    mapping = {"kind": "survey", "grain": "invitations", "audience": "customer", "columns": {"sent_at": "opened"}}
    invitations = source_of(tmp_path, **mapping, values={}, constants={}, survey="csat")

    report = check_source(invitations, Settings(source=[invitations]))

    assert report.exit_code == 14
    assert 'no source holds answers to survey "csat"' in report.errors[0]


@pytest.mark.parametrize(
    ("cells", "shape"),
    [
        (["1", "-20", None, " "], "whole number, 50% filled"),
        (["1.5", "2"], "number, 100% filled"),
        (["3/4/2026 10:00", "?"], "date or time like 9/9/9999 99:99, 50% filled"),
        (["abc"], "text up to 3 characters, 100% filled"),
        ([None, "?"], "empty"),
    ],
)
def test_shapes(cells: list[str | None], shape: str) -> None:
    assert shape_of(Series("cell", cells), ["?"]) == shape
