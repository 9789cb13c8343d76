import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.errors import SourcePermanentError
from flows.settings import SourceSettings
from flows.sources import files

FORTY_DIGITS = "1234567890" * 4


def source_of(path: Path | str, **more: object) -> SourceSettings:
    return SourceSettings.model_validate(
        {"name": "desk", "kind": "tickets", "grain": "snapshot", "path": str(path)} | more
    )


def read(path: Path | str, **more: object) -> pl.DataFrame:
    source = source_of(path, **more)
    return pl.concat([files.parse(page.payload, page.name, source) for page in files.fetch(source)])


def refusal(path: Path | str, **more: object) -> str:
    with pytest.raises(SourcePermanentError) as caught:
        read(path, **more)
    message = str(caught.value)
    assert caught.value.exit_code == 11
    assert "\n" not in message
    assert message.startswith('source "desk"')
    return message


def test_cells_stay_text_whatever_they_look_like(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(f'id,note\n{FORTY_DIGITS},"a ""b""\nc"\n007,x\0y\n,\n1,\n'.encode())

    frame = read(file)

    assert frame.schema == {"id": pl.String, "note": pl.String}
    assert frame.rows() == [(FORTY_DIGITS, 'a "b"\nc'), ("007", "x\0y"), ("1", None)]


@pytest.mark.parametrize(("delimiter", "ending"), [(",", "csv"), (";", "csv"), ("\t", "tsv"), ("|", "txt")])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    file.write_text(f'id{delimiter}text\n1{delimiter}"a,b;c|d"\n2{delimiter}"x, y"\n')

    assert read(file).rows() == [("1", "a,b;c|d"), ("2", "x, y")]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("id,n\n1,2\n".encode("utf-8-sig"))

    assert read(file, columns={"ticket_id": "id"}).columns == ["id", "n"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_read(tmp_path: Path, line_end: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(line_end.join(["id,n", "1,2", "", "3,4", ""]).encode())

    assert read(file).rows() == [("1", "2"), ("3", "4")]


def test_another_encoding_is_read_as_configured(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("id;n\n1;ü€\n".encode("utf-16"))

    assert read(file, encoding="utf-16").rows() == [("1", "ü€")]
    assert 'encoding = "utf-16"' in refusal(file)


def test_bytes_that_are_not_utf_8_are_named_by_file_line_and_byte(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("id,n\n1,a\n2,Grün\n".encode("cp1252"))

    message = refusal(file)

    assert "a.csv: line 3, byte 5: 0xfc is not utf-8" in message
    assert "encoding" in message
    assert read(file, encoding="cp1252")["n"].to_list() == ["a", "Grün"]


def test_json_lines_keep_numbers_as_written_and_nested_values_as_json(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f'{{"id":{FORTY_DIGITS},"ok":true}}\n\n{{"id":7,"tags":["x"],"late":1.5}}\n')

    frame = read(file)

    assert frame.rows(named=True) == [
        {"id": FORTY_DIGITS, "ok": "true", "tags": None, "late": None},
        {"id": "7", "ok": None, "tags": '["x"]', "late": "1.5"},
    ]


def test_both_roads_through_json_lines_agree(tmp_path: Path) -> None:
    lines = '{"id":1,"t":"a","f":1.5,"n":{"x":1},"b":false}\n{"id":22,"t":null}\n'
    short, long = tmp_path / "short.jsonl", tmp_path / "long.jsonl"
    short.write_text(lines)
    long.write_text(lines + f'{{"id":{FORTY_DIGITS}}}\n')

    assert read(long).head(2).drop("n").equals(read(short).drop("n"))


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"id":1}\n{"id":}\n')
    other = tmp_path / "b.jsonl"
    other.write_text('{"id":1}\n[2]\n')

    assert "a.jsonl: line 2, column 7" in refusal(file)
    assert "b.jsonl: line 2: not a JSON object" in refusal(other)


def test_parquet_columns_become_text(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    at = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    pl.DataFrame(
        {"n": [1], "at": [at], "on": [at.date()], "tags": [["a", "b"]], "s": [{"x": 1}], "f": [0.5], "b": [True]}
    ).write_parquet(file)

    row = read(file).row(0, named=True)

    assert row == {
        "n": "1",
        "at": "2026-01-02 03:04:05.000000+00:00",
        "on": "2026-01-02",
        "tags": "a,b",
        "s": '{"x":1}',
        "f": "0.5",
        "b": "true",
    }


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_numbers": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return target.getvalue()


def test_a_workbook_is_read_by_sheet(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    at = dt.datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - Excel has no zones
    file.write_bytes(workbook({"Notes": [["x"], [1]], "Data": [["id", "at"], [FORTY_DIGITS, at], [7, None]]}))

    assert read(file, sheet="Data").rows() == [(FORTY_DIGITS, "2026-01-02 03:04:00"), ("7", None)]
    assert read(file).columns == ["x"]
    assert '"Notes", "Data"' in refusal(file, sheet="Daten")


def test_every_member_of_an_archive_is_a_page(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.csv", "id\n2\n")
        archive.writestr("in/a.csv.gz", gzip.compress(b"id\n1\n"))
        archive.writestr("__MACOSX/._b.csv", "junk")
        archive.writestr("readme.md", "junk")
    source = source_of(tmp_path / "a.zip")

    pages = list(files.fetch(source))

    assert [page.name for page in pages] == ["a.zip!b.csv", "a.zip!in/a.csv.gz"]
    assert [files.parse(page.payload, page.name, source).item() for page in pages] == ["2", "1"]


def test_compressing_again_is_not_a_new_page(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id\n1\n", compresslevel=1, mtime=1))
    first = list(files.fetch(source_of(tmp_path / "a.csv.gz")))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id\n1\n", compresslevel=9, mtime=2))

    assert list(files.fetch(source_of(tmp_path / "a.csv.gz"))) == first


def test_a_glob_is_read_in_order_of_names_without_the_place(tmp_path: Path) -> None:
    for year in ("2025", "2024"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "a.csv").write_text(f"id\n{year}\n")

    pages = list(files.fetch(source_of(tmp_path / "20*" / "*.csv")))

    assert [page.name for page in pages] == ["2024/a.csv", "2025/a.csv"]


def test_two_files_with_different_headers_are_both_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,opened\n1,2\n")
    (tmp_path / "b.csv").write_text("id,open\n1,2\n")

    message = refusal(tmp_path / "*.csv")

    assert "a.csv" in message
    assert "b.csv" in message
    assert '"open", "opened"' in message


def test_the_order_of_columns_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,n\n1,2\n")
    (tmp_path / "b.csv").write_text("n,id\n4,3\n")

    assert [page.name for page in files.fetch(source_of(tmp_path / "*.csv"))] == ["a.csv", "b.csv"]


def test_a_missing_mapped_column_names_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Number,opened_at\n1,2\n")

    message = refusal(file, columns={"ticket_id": "number", "created_at": "{opened_on} 00:00"})

    assert 'no column "number", which ticket_id is mapped to (nearest: "Number")' in message


def test_blanks_around_a_column_name_do_not_hide_it(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Number  ,n\n1,2\n")

    assert read(file, columns={"ticket_id": "Number"}).height == 1


def test_a_wrong_delimiter_is_told_with_the_right_one(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id;n\n1;2\n")

    assert 'try delimiter = ";"' in refusal(file, delimiter=",")


def test_a_single_column_is_not_mistaken_for_a_wrong_delimiter(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id\n1\n2\n")

    assert read(file).rows() == [("1",), ("2",)]


def test_a_row_with_too_many_cells_is_named_by_line(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('id,n\n1,"x\ny"\n2,Berlin, Mitte\n')

    assert "a.csv: line 4: 3 cells, but the header has 2" in refusal(file)


def test_a_row_with_too_few_cells_is_filled(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,n,m\n1\n2,3,4\n")

    assert read(file).rows() == [("1", None, None), ("2", "3", "4")]


def test_a_file_cut_off_in_a_row_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,n,m\n1,2,3\n2,3")

    assert "line 3: ends in the middle of a row (2 of 3 cells)" in refusal(file)


@pytest.mark.parametrize("content", ['id,n\n1,2\n2,"open\n3,4\n', 'id,n\n1,2\n2,"a"b\n3,4\n', 'id,n\n1,2\n2,5" x\n'])
def test_a_quote_that_does_not_close_is_named_by_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(content)

    message = refusal(file)

    assert "a.csv: line 3" in message
    assert "quote" in message


def test_a_name_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,n,n\n1,2,3\n")

    assert 'more than one column is named "n"' in refusal(file)


def test_a_folder_with_the_signs_of_a_glob_is_meant_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "old [2024]"
    folder.mkdir()
    (folder / "a.csv").write_text("id,text\n1,x\n")

    assert read(folder / "a.csv").rows() == [("1", "x")]
    assert read(folder / "*.csv").rows() == [("1", "x")]


def test_a_missing_file_and_a_glob_without_a_match_are_told(tmp_path: Path) -> None:
    assert "no file" in refusal(tmp_path / "a.csv")
    assert "no file matches" in refusal(tmp_path / "*.csv", allow_empty=True)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "/*.csv" in refusal(tmp_path)


def test_an_unknown_kind_of_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")

    assert "unknown kind of file; export it as .csv" in refusal(tmp_path / "a.pdf")


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused_unless_allowed(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(content)

    assert "a.csv: is empty" in refusal(file)
    assert read(file, allow_empty=True, columns={"ticket_id": "id"}).shape == (0, 1)


@pytest.mark.parametrize("content", ["id,n\n", "id,n", "id,n\n,\n\n"])
def test_a_header_without_rows_is_refused_unless_allowed(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(content)

    assert "a.csv: has a header and no rows" in refusal(file)
    assert read(file, allow_empty=True).schema == {"id": pl.String, "n": pl.String}


@pytest.mark.parametrize("name", ["a.zip", "a.csv.gz", "a.parquet", "a.xlsx"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_corrupt_file_is_refused(tmp_path: Path, name: str, whole: bool) -> None:
    good = {
        "a.csv.gz": gzip.compress(b"id,n\n" + b"1,2\n" * 500),
        "a.xlsx": workbook({"Data": [["id"], [1]]}),
        "a.parquet": parquet_bytes(),
        "a.zip": zip_bytes(),
    }[name]
    file = tmp_path / name
    file.write_bytes(good[: len(good) // 2] if whole else b"no such thing")

    message = refusal(file)

    assert name in message
    assert "corrupt" in message or "cut off" in message


def parquet_bytes() -> bytes:
    target = io.BytesIO()
    pl.DataFrame({"id": range(1000)}).write_parquet(target)
    return target.getvalue()


def zip_bytes() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", "id\n1\n")
    return target.getvalue()


def test_a_damaged_member_of_an_archive_is_refused(tmp_path: Path) -> None:
    damaged = bytearray(zip_bytes())
    damaged[damaged.index(b"id\n1")] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(damaged)

    assert "corrupt archive" in refusal(tmp_path / "a.zip")


def test_an_archive_without_an_export_says_what_is_inside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.md", "x")

    assert '"readme.md"' in refusal(tmp_path / "a.zip")


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1),
            st.text(st.characters(codec="utf-8", exclude_characters="\r")),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_a_csv_writer_wrote_is_read_back(rows: list[tuple[str, str]]) -> None:
    payload = pl.DataFrame(rows, schema=["first", "second"], orient="row").write_csv(quote_style="always").encode()

    frame = files.parse(payload, "a.csv", source_of("a.csv", delimiter=","))

    assert frame.rows() == [(first, second or None) for first, second in rows]
