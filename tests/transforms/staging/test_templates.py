from __future__ import annotations

import polars as pl

from transforms.staging.templates import exported_name, referenced, text_of


def _texts(reference: str, frame: pl.DataFrame, null_values: tuple[str, ...] = ()) -> list[str | None]:
    return frame.select(text_of(reference, frame.columns, null_values).alias("text"))["text"].to_list()


def test_a_template_is_missing_when_a_placeholder_is() -> None:
    frame = pl.DataFrame({"year": ["2017", "2017"], "day of May": ["5", None]})

    assert _texts("{year}-05-{day of May}", frame) == ["2017-05-5", None]
    assert referenced("{year}-05-{day of May}", frame.columns) == ["year", "day of May"]


def test_blank_and_null_values_are_missing() -> None:
    frame = pl.DataFrame({"team": [" Night ", "  ", "?", None]})

    assert _texts("team", frame, ("?",)) == ["Night", None, None, None]


def test_a_column_whose_name_looks_like_a_template_is_a_column() -> None:
    frame = pl.DataFrame({"{odd}": ["x"]})

    assert _texts("{odd}", frame) == ["x"]


def test_blanks_around_an_exported_name_do_not_matter() -> None:
    assert exported_name("NETPRO", ["RESPNUM", "NETPRO  "]) == "NETPRO  "
    assert exported_name("Netpro", ["RESPNUM", "NETPRO  "]) is None
