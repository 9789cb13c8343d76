"""The hash of a table depends on its content, not on the run, the row order or how numbers are printed."""

import datetime as dt
import hashlib

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sql.table_hash import table_hash
from sql.warehouse import Warehouse
from transforms.contracts import MARTS

CELLS = MARTS["fct_kpi_value"]
LATER = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
Frames = dict[str, pl.DataFrame]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_row_order_changes_nothing(marts: Frames, seed: int) -> None:
    cells = marts["fct_kpi_value"]

    assert table_hash(cells.sample(fraction=1.0, shuffle=True, seed=seed), CELLS) == table_hash(cells, CELLS)


def test_the_run_that_wrote_a_row_changes_nothing(marts: Frames) -> None:
    cells = marts["fct_kpi_value"]

    assert table_hash(cells.with_columns(run_id=pl.lit("other"), as_of=LATER), CELLS) == table_hash(cells, CELLS)


@pytest.mark.parametrize(
    "change",
    [
        pl.col("value") + 1e-15,
        pl.col("value").fill_null(0.0),
        pl.lit("published_bounded").alias("state"),
        pl.lit("").alias("flags"),
        pl.col("period_end") + pl.duration(days=1),
        pl.col("org_level") + 1,
    ],
    ids=["last digit", "null is not 0", "text", "empty is not null", "day", "count"],
)
def test_any_other_change_changes_it(marts: Frames, change: pl.Expr) -> None:
    cells = marts["fct_kpi_value"]

    assert table_hash(cells.with_columns(change), CELLS) != table_hash(cells, CELLS)


def test_minus_zero_is_zero(marts: Frames) -> None:
    cells = marts["fct_kpi_value"]

    minus, plus = ([zero] * cells.height for zero in (-0.0, 0.0))
    assert table_hash(cells.with_columns(value=pl.Series(minus)), CELLS) == table_hash(
        cells.with_columns(value=pl.Series(plus)), CELLS
    )


def test_a_table_keyed_by_run_repeats_what_every_run_found_the_same() -> None:
    contract = MARTS["meta_privacy_log"]
    row = {"kpi_id": "csat", "period_grain": "month", "rule": "primary", "n_cells": 3}
    one = pl.DataFrame([row | {"run_id": "a"}])
    two = pl.DataFrame([row | {"run_id": "a"}, row | {"run_id": "b"}])
    other = pl.DataFrame([row | {"run_id": "a"}, row | {"run_id": "b", "n_cells": 4}])

    assert table_hash(two, contract) == table_hash(one, contract) != table_hash(other, contract)


def test_the_encoding_is_fixed_for_good() -> None:
    """Were it to move, every stored hash would seem to say that the tables changed."""
    frame = pl.DataFrame(
        {
            "principle": ["empathy", "passion"],
            "principle_name": ["Empathy", "Passiön"],
            "description": ["a,b", "3:x"],
            "sort_order": [3, 8],
        }
    )
    text = "principle,principle_name,description,sort_order\n7:empathy,7:Empathy,3:a,b,3\n7:passion,8:Passiön,3:3:x,8\n"
    assert table_hash(frame, MARTS["dim_principle"]) == hashlib.sha256(text.encode()).hexdigest()


def test_publishing_the_same_again_under_another_run_changes_no_hash(
    published: Warehouse, marts: Frames, restricted: Frames
) -> None:
    before = published.hashes()
    again = {
        name: frame.with_columns(pl.lit("night-2").alias("run_id")) if "run_id" in frame.columns else frame
        for name, frame in marts.items()
    }

    published.stage(again, restricted)
    published.publish()

    assert published.hashes() == before
    assert published.read("fct_kpi_value").get_column("run_id").unique().to_list() == ["night-2"]
    assert "meta_run" not in before
    assert {"fct_kpi_value", "fct_ticket", "meta_validation"} <= set(before)
