"""Texts made of columns."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from transforms.texts import filled


def test_each_gap_takes_one_part() -> None:
    frame = pl.DataFrame({"source": ["desk", None], "id": [7, 8], "on": [dt.date(2026, 5, 1)] * 2})

    told = frame.select(
        filled("{} no. {} on {}.", "source", pl.col("id") + 1, "on").alias("all"),
        filled("{}{}", "id", "on").alias("bare"),
        filled("only {}", pl.lit("this")).alias("literal"),
    )

    assert told["all"].to_list() == ["desk no. 8 on 2026-05-01.", None]
    assert told["bare"].to_list() == ["72026-05-01", "82026-05-01"]
    assert told["literal"].to_list() == ["only this"] * 2


def test_a_chunk_that_a_filter_leaves_empty_does_no_harm() -> None:
    # Several chunks, as files of a lake come; polars.format panics here once the filter has emptied the first.
    chunks = [pl.DataFrame({"id": ["a", "b"], "part": [part, part]}) for part in (0, 1, 0, 1)]
    rows = pl.concat(chunks, rechunk=False).lazy()

    for part in (0, 1, 2):
        told = rows.filter(pl.col("part") == part).select(filled("ticket {} of {}", "id", "part").alias("told"))
        expected = [f"ticket {name} of {part}" for name in ("a", "b", "a", "b") if part < 2]
        assert told.collect(engine="streaming")["told"].to_list() == expected


def test_as_many_parts_as_gaps() -> None:
    with pytest.raises(ValueError, match="2 gaps for 1 parts"):
        filled("{} {}", "id")
