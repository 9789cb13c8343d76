"""Promises of many columns are asked about at once, and each failure finds its way back to its own column."""

from typing import Any

import polars as pl
import pytest

from expectations import question
from expectations.question import Question, failing_rows

DESK = pl.DataFrame({"status": ["open", "shut", None], "priority": ["high", "open", "high"]})
MAIL = pl.DataFrame({"status": ["shut", "shut", "open"], "minutes": [1.0, -2.0, float("inf")]})


def listed(frame: pl.DataFrame, column: str, *values: str) -> Question:
    return Question(f"allowed of {column}", "allowed", frame, pl.col(column), terms=(("values", values),))


def bounded(frame: pl.DataFrame, column: str, **terms: float) -> Question:
    values = pl.col(column)
    extremes = values.min().append(values.max())
    return Question(f"bounds of {column}", "bounds", frame, values, tuple(terms.items()), extremes)


def rows(*questions: Question) -> list[list[int]]:
    return [found.to_list() for found in failing_rows(questions)]


def test_each_column_is_judged_by_its_own_list() -> None:
    found = rows(
        listed(DESK, "status", "open"), listed(DESK, "priority", "high", "low"), listed(MAIL, "status", "shut")
    )

    assert found == [[1], [1], [2]]


def test_a_failing_extreme_brings_every_value_beyond_it() -> None:
    minutes = pl.DataFrame({"minutes": [5.0, -1.0, 3.0, -7.0, None, -1.0]})

    assert rows(bounded(minutes, "minutes", min_value=0.0)) == [[1, 3, 5]]


def test_infinity_is_beyond_an_upper_bound() -> None:
    assert rows(bounded(MAIL, "minutes", min_value=-5.0, max_value=9.0)) == [[2]]


def test_frames_without_rows_have_nothing_to_fail() -> None:
    assert rows(listed(DESK.head(0), "status", "open"), listed(DESK, "status", "open")) == [[], [1]]


def test_no_questions_have_no_answers() -> None:
    assert rows() == []


def test_great_expectations_is_asked_once_for_each_different_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    validate = question.validate

    def counted(frame: Any, expectation: Any) -> dict[str, Any]:
        asked.append(len(frame))
        return validate(frame, expectation)

    monkeypatch.setattr(question, "validate", counted)

    failing_rows(
        [
            listed(DESK, "status", "open", "shut"),
            listed(DESK, "priority", "high", "open"),
            bounded(MAIL, "minutes", min_value=-5.0),
            bounded(MAIL, "minutes", min_value=-5.0),
            bounded(MAIL, "minutes", min_value=-9.0),
        ]
    )

    # Three distinct states (one is missing) and two priorities; the extremes of a column twice; and once more.
    assert asked == [5, 4, 2]
