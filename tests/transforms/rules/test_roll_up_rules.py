"""Rules of scores and signals: each one row that holds, and rows that do not."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tests.transforms.marts.published import NIGHT, number, registered, rows_of
from transforms.contracts import MARTS
from transforms.marts.kpi_signal import fct_kpi_signal
from transforms.marts.principle_score import fct_principle_score
from transforms.rules.roll_up import RULES

SCORE = {
    "org_unit_id": "acme",
    "principle": "commitment",
    "period_grain": "quarter",
    "period_start": dt.date(2026, 1, 1),
    "period_end": dt.date(2026, 3, 31),
    "org_level": 0,
    "index_value": 65.0,
    "index_low": 62.0,
    "index_high": 68.0,
    "weight_present": 1.0,
    "n_parts": 1,
    "n_parts_declared": 1,
    "n_sources": 1,
    "state": "published",
    "as_of": NIGHT,
    "run_id": "night-1",
}
SIGNAL = number("k", 0.9, period_grain="month") | {
    "period_end": dt.date(2026, 1, 31),
    "rule": "beyond_limits",
    "chart": "xmr",
    "centre": 0.5,
    "lower_limit": 0.3,
    "upper_limit": 0.7,
    "n_points": 8,
    "is_above": True,
    "p_value": 0.001,
    "q_value": 0.01,
    "status": "noticed",
}


def holds(rule_id: str, **tables: pl.DataFrame) -> list[bool]:
    (rule,) = [rule for rule in RULES if rule.id == rule_id]
    frames = {name: contract.create_empty().lazy() for name, contract in MARTS.items()}
    frames |= {name: frame.lazy() for name, frame in tables.items()}
    found: list[bool] = rule.check(frames, {}).collect()["holds"].to_list()
    return found


def table(name: str, row: dict[str, Any]) -> pl.DataFrame:
    schema = MARTS[name].create_empty().schema
    return pl.DataFrame([{column: row.get(column) for column in schema}], schema=schema)


HIDDEN = dict.fromkeys(("index_value", "index_low", "index_high")) | {"state": "not_enough_data"}


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("hidden_score", {}, True),
        ("hidden_score", HIDDEN, True),
        ("hidden_score", {"state": "not_enough_data"}, False),
        ("hidden_score", HIDDEN | {"harmony": 0.5}, False),
        ("hidden_score", {"index_low": None}, False),
        ("score_outside_band", {}, True),
        ("score_outside_band", {"index_value": 61.0}, False),
        ("score_outside_band", HIDDEN, True),
    ],
)
def test_scores(rule: str, change: dict[str, Any], expected: bool) -> None:
    assert holds(rule, fct_principle_score=table("fct_principle_score", SCORE | change)) == [expected]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (number("k", 0.5), True),
        (number("k", None), False),
        (number("k", 0.5, principle="empathy"), False),
        (number("k", 0.5, org_unit_id="other"), False),
        (number("k", 0.5, dt.date(2024, 1, 1)), False),
        (number("k", 0.5, dt.date(2026, 4, 1)), False),
    ],
)
def test_a_published_score_has_a_published_number_behind_it(row: dict[str, Any], expected: bool) -> None:
    scores = table("fct_principle_score", SCORE)

    assert holds("score_without_number", fct_principle_score=scores, fct_kpi_value=rows_of(row)) == [expected]


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("signal_without_number", {}, True),
        ("signal_without_number", {"value": 0.8}, False),
        ("signal_without_number", {"org_unit_id": "other"}, False),
        ("limits_crossed", {}, True),
        ("limits_crossed", {"lower_limit": 0.6}, False),
        ("limits_crossed", {"lower_limit": None}, False),
        ("limits_crossed", {"rule": "run_of_8", "lower_limit": None, "upper_limit": None}, True),
        ("signal_too_likely", {}, True),
        ("signal_too_likely", {"q_value": 0.0001}, False),
        ("signal_too_likely", {"q_value": 0.2}, False),
        ("signal_too_likely", {"q_value": 0.2, "status": "quiet"}, True),
    ],
)
def test_signals(rule: str, change: dict[str, Any], expected: bool) -> None:
    signals = table("fct_kpi_signal", SIGNAL | change)
    rows = rows_of(number("k", 0.9, period_grain="month"))

    assert holds(rule, fct_kpi_signal=signals, fct_kpi_value=rows) == [expected]


def test_what_is_built_holds_every_rule() -> None:
    kpi = registered("k", grains=("month", "quarter"))
    months = [dt.date(2025 + month // 12, month % 12 + 1, 1) for month in range(15)]
    values = [0.5, 0.6, 0.55, 0.4, 0.5, 0.62, 0.48, 0.5, 0.51, 0.9, 0.5, 0.45, 0.6, 0.55, 0.95]
    by_month = [number("k", value, start, period_grain="month") for value, start in zip(values, months, strict=True)]
    rows = rows_of(*by_month, *(number("k", 0.5, start) for start in months[::3]))
    built = {
        "fct_kpi_value": rows,
        "fct_principle_score": fct_principle_score(rows, [kpi], dt.date(2026, 4, 30)),
        "fct_kpi_signal": fct_kpi_signal(rows, [kpi]),
    }

    assert built["fct_principle_score"].height > 0
    assert built["fct_kpi_signal"].height > 0
    assert all(all(holds(rule.id, **built)) for rule in RULES)
