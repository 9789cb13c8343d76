"""The view over scores answers its question."""

import datetime as dt
from typing import Any

import polars as pl

from sql.view_files import views
from sql.warehouse import Warehouse, open_warehouse
from tests.sql.conftest import NIGHT, frame_of
from transforms.contracts import MARTS

Q4, Q1 = dt.date(2025, 10, 1), dt.date(2026, 1, 1)
ENDS = {Q4: dt.date(2025, 12, 31), Q1: dt.date(2026, 3, 31)}


def score(unit: str, start: dt.date, index: float | None, principle: str = "commitment") -> dict[str, Any]:
    return {
        "org_unit_id": unit,
        "principle": principle,
        "period_grain": "quarter",
        "period_start": start,
        "period_end": ENDS[start],
        "index_value": index,
        "index_low": None if index is None else index - 3,
        "index_high": None if index is None else index + 3,
        "state": "not_enough_data" if index is None else "published",
        "as_of": NIGHT,
    }


def published(path, marts: dict[str, pl.DataFrame], *scores: dict[str, Any]) -> Warehouse:
    quarters = [
        {"period_grain": "quarter", "period_start": Q4, "period_end": ENDS[Q4], "period_name": "2025-Q4"},
        {"period_grain": "quarter", "period_start": Q1, "period_end": ENDS[Q1], "period_name": "2026-Q1"}
        | {"previous_period_start": Q4},
    ]
    warehouse = open_warehouse(f"duckdb:///{path}")
    tables = {
        "fct_principle_score": frame_of(MARTS["fct_principle_score"], *scores),
        "dim_period": frame_of(MARTS["dim_period"], *quarters),
    }
    warehouse.stage(marts | tables, {})
    warehouse.publish()
    return warehouse


def test_it_shows_the_newest_quarter_beside_the_one_before(path, marts: dict[str, pl.DataFrame]) -> None:
    warehouse = published(
        path,
        marts,
        score("north", Q4, 50.0),
        score("north", Q1, 60.0),
        score("north", Q1, 55.0, "overall"),
        score("south", Q4, 70.0),
        score("south", Q1, None),
    )

    card = warehouse.query(
        "SELECT principle_name, org_unit_name, period_start, index_value, change, is_clear_change, state "
        "FROM principle_scorecard ORDER BY org_unit_id, principle"
    )

    # North was renamed on 1 March; 50 ± 3 and 60 ± 3 do not overlap.
    assert card.rows() == [
        ("Commitment", "Polar", Q1, 60.0, 10.0, True, "published"),
        ("Overall", "Polar", Q1, 55.0, None, None, "published"),
        ("Commitment", "South", Q1, None, None, None, "not_enough_data"),
    ]


def test_without_any_index_the_last_quarter_is_shown(path, marts: dict[str, pl.DataFrame]) -> None:
    warehouse = published(path, marts, score("north", Q4, None), score("north", Q1, None))

    assert warehouse.query("SELECT period_start, index_value FROM principle_scorecard").rows() == [(Q1, None)]


def test_its_comment_says_what_it_is_not_for() -> None:
    (view,) = [view for view in views() if view.name == "principle_scorecard"]

    assert "never to rank" in view.question
    assert "never for pay" in view.question
