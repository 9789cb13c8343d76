"""The queries that the demo proposes, and every view, answer on the demo's warehouse."""

import polars as pl
import pytest

from flows.demo.queries import QUERIES
from sql.view_files import View, views
from tests.acceptance.full_road import FullRoad


@pytest.mark.parametrize("question", QUERIES)
def test_a_proposed_query_has_an_answer(demo: FullRoad, question: str) -> None:
    answer = demo.warehouse.query(QUERIES[question])

    assert not answer.is_empty()
    assert answer.null_count().select(pl.exclude("reason")).sum_horizontal().item() == 0


def test_the_three_answers_tell_the_story(demo: FullRoad) -> None:
    rain, mailroom, rows = (demo.warehouse.query(sql) for sql in QUERIES.values())

    assert {"Care Line", "Care Chat"} <= set(rain["org_unit_name"])
    assert (mailroom["value"] > 0.2).all()
    assert rows["n_rows"].sum() == sum(n_rows for _, n_rows, _ in demo.rows_by_page())


@pytest.mark.parametrize("view", views(), ids=lambda view: view.name)
def test_a_view_answers_with_one_row_for_each_of_its_grain(demo: FullRoad, view: View) -> None:
    rows = demo.warehouse.query(f"SELECT * FROM {view.name}")

    assert rows.height > 100
    assert rows.select(view.grain).is_duplicated().sum() == 0
    number = "index_value" if view.name == "principle_scorecard" else "value"
    assert rows[number].count() > 100
