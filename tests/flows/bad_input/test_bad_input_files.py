"""Files that are no export of the configured source: one line that says where and what to do, exit code 11."""

import zipfile

import pytest

from flows.errors import CultureKpisError, SourcePermanentError
from tests.flows.bad_input.desk import TICKETS, Desk


def complaint(desk: Desk) -> str:
    """The one line of a night that must fail, after which nothing is staged or published."""
    with pytest.raises(CultureKpisError) as caught:
        desk.run()
    assert type(caught.value) is SourcePermanentError
    assert caught.value.exit_code == 11
    assert "\n" not in str(caught.value)
    assert desk.lake.read("ticket").is_empty()
    assert not (desk.folder / "var/warehouse.duckdb").exists()
    return str(caught.value)


def test_a_missing_file(desk: Desk) -> None:
    (desk.folder / "tickets.csv").unlink()

    said = complaint(desk)

    assert said == f'source "desk": no file {desk.folder}/tickets.csv; correct path, or export it'


def test_a_wrong_delimiter(desk: Desk) -> None:
    desk.configure('path = "tickets.csv"', 'path = "tickets.csv"\ndelimiter = ";"')

    said = complaint(desk)

    assert said.startswith('source "desk", file tickets.csv: wrong delimiter')
    assert 'try delimiter = ","' in said


def test_a_missing_mapped_column(desk: Desk) -> None:
    desk.export("tickets.csv", TICKETS.replace("opened", "opening_time", 1))

    said = complaint(desk)

    assert said.startswith('source "desk", file tickets.csv: no column "opened", which created_at is mapped to')
    assert "opening_time" in said


def test_two_files_with_different_headers(desk: Desk) -> None:
    desk.configure('path = "tickets.csv"', 'path = "tick*.csv"')
    desk.export("tickets-2.csv", TICKETS.replace("kept", "sla", 1))

    said = complaint(desk)

    assert said.startswith('source "desk", file tickets.csv: its columns differ from those of tickets-2.csv')
    assert "kept" in said
    assert "sla" in said


def test_bytes_that_are_not_utf_8(desk: Desk) -> None:
    desk.export("tickets.csv", TICKETS.replace("South", "Süd").encode("cp1252"))

    said = complaint(desk)

    assert said.startswith('source "desk", file tickets.csv: line 4, byte 29: 0xfc is not utf-8')
    assert 'encoding = "cp1252"' in said


def test_an_empty_file(desk: Desk) -> None:
    desk.export("tickets.csv", "")

    assert complaint(desk).startswith('source "desk", file tickets.csv: is empty; export it again')


def test_a_header_without_rows(desk: Desk) -> None:
    desk.export("tickets.csv", TICKETS.splitlines()[0] + "\n")

    said = complaint(desk)

    assert said.startswith('source "desk", file tickets.csv: has a header and no rows')
    assert "allow_empty = true" in said


def test_a_file_that_was_cut_off(desk: Desk) -> None:
    desk.export("tickets.csv", TICKETS[:-25])

    assert "line 5: ends in the middle of a row" in complaint(desk)


def test_a_row_with_too_many_cells(desk: Desk) -> None:
    desk.export("tickets.csv", TICKETS.replace("Solved,North,anna", "Solved,North,anna,too,many"))

    assert "line 2: 9 cells, but the header has 7" in complaint(desk)


def test_an_archive_that_is_none(desk: Desk) -> None:
    desk.configure('path = "tickets.csv"', 'path = "tickets.zip"')
    desk.export("tickets.zip", "not an archive")

    assert complaint(desk).startswith('source "desk", file tickets.zip: ')


def test_an_archive_without_an_export(desk: Desk) -> None:
    desk.configure('path = "tickets.csv"', 'path = "tickets.zip"')
    with zipfile.ZipFile(desk.folder / "tickets.zip", "w") as archive:
        archive.writestr("readme.md", "nothing")

    assert 'holds no export (inside: "readme.md")' in complaint(desk)


@pytest.mark.parametrize("name", ["tickets.csv", "thanks.csv"])
def test_after_the_file_is_mended_the_next_night_stages_every_row(desk: Desk, name: str) -> None:
    good = (desk.folder / name).read_bytes()
    desk.export(name, "")
    with pytest.raises(SourcePermanentError):
        desk.run()

    desk.export(name, good)
    desk.run()

    assert [desk.fates(source) for source in ("desk", "desk-events", "thanks", "pulse")] == [
        {"staged": 4},
        {"staged": 3},
        {"staged": 3},
        {"staged": 3},
    ]


def test_a_failing_night_leaves_the_published_tables_as_they_are(desk: Desk) -> None:
    desk.run()
    before = (desk.folder / "var/warehouse.duckdb").read_bytes()
    desk.export("thanks.csv", "")

    with pytest.raises(SourcePermanentError):
        desk.run()

    assert (desk.folder / "var/warehouse.duckdb").read_bytes() == before
    assert desk.fates("thanks") == {"staged": 3}
