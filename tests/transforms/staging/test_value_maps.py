from __future__ import annotations

import polars as pl

from transforms.staging.value_maps import claimed_twice, translate


def test_values_are_translated_whatever_their_case() -> None:
    frame = pl.DataFrame({"state": ["new", "ACTIVE", "Resolved", "-100", None]})
    cast = translate(pl.col("state"), {"open": ["New", "Active"], "solved": ["Resolved"]})

    assert frame.select(cast.value.alias("v"), cast.reason.alias("r")).rows() == [
        ("open", None),
        ("open", None),
        ("solved", None),
        (None, "unknown_value"),
        (None, None),
    ]


def test_an_export_value_has_one_meaning() -> None:
    assert claimed_twice({"open": ["New"], "pending": [" new"]}) == " new"
    assert claimed_twice({"open": ["New", "New"], "pending": ["Waiting"]}) is None
