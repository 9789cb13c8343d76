"""Every version of every unit, with the path of names it had."""

import datetime as dt

import polars as pl
import pytest

from transforms.facts.org_tree import TreeError
from transforms.marts.organisation import dim_org_unit

Y2025, Y2026, JULY = dt.date(2025, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 7, 1)
Version = tuple[str, dt.date, dt.date | None, str, str | None]


def tree(*versions: Version) -> pl.LazyFrame:
    schema = {
        "org_unit_id": pl.String,
        "valid_from_on": pl.Date,
        "valid_to_on": pl.Date,
        "org_unit_name": pl.String,
        "parent_org_unit_id": pl.String,
    }
    return pl.LazyFrame(list(versions), schema=schema, orient="row").with_columns(office=pl.lit(None, dtype=pl.String))


def told(table: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return table.select(*columns).rows()


def test_depth_and_path_are_read_from_the_top_down():
    table = dim_org_unit(
        tree(
            ("acme", Y2025, None, "Acme", None),
            ("care", Y2025, None, "Customer care", "acme"),
            ("night", Y2025, None, "Night shift", "care"),
        ),
        JULY,
    )
    assert told(table, "org_unit_id", "org_level", "path_name") == [
        ("acme", 0, "Acme"),
        ("care", 1, "Acme / Customer care"),
        ("night", 2, "Acme / Customer care / Night shift"),
    ]
    assert table["is_current"].all()


def test_a_version_ends_where_the_next_begins():
    table = dim_org_unit(tree(("acme", Y2025, None, "Acme", None), ("acme", Y2026, None, "Acme Group", None)), JULY)
    assert told(table, "valid_from_on", "valid_to_on", "is_current", "org_unit_name") == [
        (Y2025, dt.date(2025, 12, 31), False, "Acme"),
        (Y2026, None, True, "Acme Group"),
    ]


def test_a_unit_that_moved_has_the_path_of_its_time():
    table = dim_org_unit(
        tree(
            ("acme", Y2025, None, "Acme", None),
            ("east", Y2025, None, "East", "acme"),
            ("west", Y2025, Y2026, "West", "acme"),
            ("west", dt.date(2026, 1, 2), None, "Far West", "acme"),
            ("team", Y2025, dt.date(2025, 12, 31), "Team", "west"),
            ("team", Y2026, None, "Team", "east"),
        ),
        JULY,
    )
    team = table.filter(org_unit_id="team")
    assert team["path_name"].to_list() == ["Acme / West / Team", "Acme / East / Team"]


def test_a_current_unit_shows_the_current_name_of_its_parent():
    table = dim_org_unit(
        tree(
            ("acme", Y2025, None, "Acme", None),
            ("acme", Y2026, None, "Acme Group", None),
            ("care", Y2025, None, "Care", "acme"),
        ),
        JULY,
    )
    assert table.filter(org_unit_id="care")["path_name"].to_list() == ["Acme Group / Care"]


def test_a_closed_unit_is_not_current_and_a_planned_one_not_yet():
    table = dim_org_unit(
        tree(
            ("acme", Y2025, None, "Acme", None),
            ("old", Y2025, Y2026, "Old", "acme"),
            ("new", dt.date(2027, 1, 1), None, "New", "acme"),
        ),
        JULY,
    )
    assert dict(told(table, "org_unit_id", "is_current")) == {"acme": True, "old": False, "new": False}


def test_a_circle_is_named():
    with pytest.raises(TreeError, match="unit a is above itself"):
        dim_org_unit(tree(("a", Y2025, None, "A", "b"), ("b", Y2025, None, "B", "a")), JULY)
