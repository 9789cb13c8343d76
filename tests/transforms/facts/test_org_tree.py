"""The tree: one top, unknown units counted, history as it was, circles refused."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.facts.org_tree import TreeError, ancestors, versions

OLD = dt.date(1990, 1, 1)
MARCH = pl.DataFrame(
    {"period_grain": ["month"], "period_start": [dt.date(2026, 3, 1)], "period_end": [dt.date(2026, 3, 31)]}
)


def tables(units: list[dict[str, Any]], **others: pl.DataFrame) -> dict[str, pl.LazyFrame]:
    empty = {name: contract.create_empty().lazy() for name, contract in STAGED.items()}
    lineage = {"source": "hr", "source_page": "0", "source_row": 1}
    frame = pl.DataFrame([lineage | unit for unit in units], schema=STAGED["org_unit"].create_empty().schema)
    return empty | {"org_unit": frame.lazy()} | {name: other.lazy() for name, other in others.items()}


def unit(unit_id: str, parent: str | None, since: dt.date = OLD) -> dict[str, Any]:
    return {"org_unit_id": unit_id, "parent_org_unit_id": parent, "valid_from_on": since}


def above(tree: pl.LazyFrame, unit_id: str, periods: pl.DataFrame = MARCH) -> list[str]:
    found = ancestors(tree.collect(), periods).filter(pl.col("org_unit_id") == unit_id)
    return found.sort("org_level", descending=True)["ancestor_id"].to_list()


def test_a_unit_is_below_itself_and_everything_above_it() -> None:
    tree = versions(tables([unit("acme", None), unit("care", "acme"), unit("night", "care")]))
    assert above(tree, "night") == ["night", "care", "acme"]


def test_the_bucket_for_unknown_teams_hangs_under_the_top() -> None:
    tree = versions(tables([unit("acme", None), unit("care", "acme")]))
    assert above(tree, "unassigned") == ["unassigned", "acme"]


def test_several_tops_get_a_company_above_them() -> None:
    tree = versions(tables([unit("north", None), unit("south", None)]))
    assert above(tree, "north") == ["north", "company"]


def test_without_an_organisation_the_units_are_those_the_rows_name() -> None:
    tickets = STAGED["ticket"].sample(2, overrides={"org_unit_id": ["team a", "team b"]})
    tree = versions(tables([], ticket=tickets))
    assert above(tree, "team a") == ["team a", "company"]


def test_a_move_counts_from_its_day_on() -> None:
    moved = dt.date(2026, 3, 15)
    tree = versions(
        tables([unit("acme", None), unit("a", "acme"), unit("b", "acme"), unit("t", "a"), unit("t", "b", moved)])
    )
    february = MARCH.with_columns(
        pl.lit(dt.date(2026, 2, 1)).alias("period_start"), pl.lit(dt.date(2026, 2, 28)).alias("period_end")
    )
    assert above(tree, "t", february) == ["t", "a", "acme"]
    assert above(tree, "t") == ["t", "b", "acme"]


def test_a_unit_founded_later_stands_where_it_first_stood() -> None:
    tree = versions(tables([unit("acme", None), unit("new", "acme", dt.date(2026, 6, 1))]))
    assert above(tree, "new") == ["new", "acme"]


def test_a_circle_is_refused_by_name() -> None:
    tree = versions(tables([unit("acme", None), unit("a", "b"), unit("b", "a")]))
    with pytest.raises(TreeError, match="unit a is above itself"):
        ancestors(tree.collect(), MARCH)


def test_a_unit_takes_the_office_of_most_of_its_members() -> None:
    members = STAGED["membership"].sample(
        3, overrides={"org_unit_id": ["care"] * 3, "office": ["front", "front", "back"]}
    )
    tree = versions(tables([unit("acme", None), unit("care", "acme")], membership=members)).collect()
    assert tree.filter(pl.col("org_unit_id") == "care")["office"].item() == "front"
