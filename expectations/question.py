"""Asks Great Expectations whether values are as promised, and finds the rows that hold the others.

One of its checks costs some ten milliseconds whatever it looks at, and a night has hundreds of promises. So each
different promise is asked about once: the values of every column that makes it stand one below the other, `place`
says whose value it is. No value leaves this file.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl

from expectations.compile import Terms
from expectations.quiet_gx import gxe, validate
from transforms.moments import MOMENT
from transforms.texts import filled

NO_ROWS = pl.Series("row", [], dtype=pl.UInt32)


def _to_be_true() -> Any:
    return gxe.ExpectColumnValuesToBeInSet(column="value", value_set=[True])


_EXPECTATIONS: Mapping[str, Callable[..., Any]] = {
    "columns": _to_be_true,
    "holds": _to_be_true,
    "finite": _to_be_true,
    "not_null": lambda: gxe.ExpectColumnValuesToNotBeNull(column="value"),
    "unique_key": lambda: gxe.ExpectColumnValuesToBeInSet(column="value", value_set=[1]),
    "allowed": lambda values: gxe.ExpectColumnValuesToBeInSet(column="value", value_set=values),
    "pattern": lambda **terms: gxe.ExpectColumnValuesToMatchRegex(column="value", **terms),
    "length": lambda **terms: gxe.ExpectColumnValueLengthsToBeBetween(column="value", **terms),
    "bounds": lambda **terms: gxe.ExpectColumnValuesToBeBetween(column="value", **terms),
}


class JudgementError(RuntimeError):
    """Great Expectations could not evaluate a check: a fault of this software, never of the data."""


@dataclass(frozen=True)
class Question:
    """Does every row of `frame` hold a value of `values` that is as `rule` and `terms` say?

    `about` names it in errors. `extremes` are few of the values, of which one fails whenever any value does; without
    them all distinct values are asked about.
    """

    about: str
    rule: str
    frame: pl.DataFrame
    values: pl.Expr
    terms: Terms = ()
    extremes: pl.Expr | None = None


def failing_rows(questions: Sequence[Question]) -> list[pl.Series]:
    """Positions of the rows that are not as promised, for each question. Raises JudgementError."""
    values = _values_asked_about(questions)
    alike: dict[Hashable, dict[int, Question]] = {}
    for place, question in enumerate(questions):
        if place in values:
            alike.setdefault(_kind(question), {})[place] = question
    found = [NO_ROWS] * len(questions)
    for group in alike.values():
        failing = _failing_values(group, {place: values[place] for place in group})
        suspects = {place: group[place] for place in failing if group[place].extremes is not None}
        if suspects:
            failing |= _failing_values(suspects, {place: _distinct(one) for place, one in suspects.items()})
        for place, failed in failing.items():
            found[place] = _rows_holding(failed, group[place])
    return found


def _kind(question: Question) -> Hashable:
    """Questions of the same kind are asked at once. Closed lists differ, and become one list of values with places."""
    return question.rule, () if question.rule == "allowed" else question.terms


def _values_asked_about(questions: Sequence[Question]) -> dict[int, pl.Series]:
    """The values that decide each question, by place and gathered frame by frame; empty frames have none."""
    by_frame: dict[int, dict[int, Question]] = {}
    for place, question in enumerate(questions):
        if not question.frame.is_empty():
            by_frame.setdefault(id(question.frame), {})[place] = question
    gathered: dict[int, pl.Series] = {}
    for group in by_frame.values():
        frame = next(iter(group.values())).frame
        deciding = {
            str(place): (one.values.unique() if one.extremes is None else one.extremes).implode()
            for place, one in group.items()
        }
        row = frame.lazy().select(**deciding).collect()
        gathered |= {place: row[str(place)].explode() for place in group}
    return gathered


def _distinct(question: Question) -> pl.Series:
    return question.frame.select(question.values.unique()).to_series()


def _failing_values(questions: Mapping[int, Question], values: Mapping[int, pl.Series]) -> dict[int, pl.Series]:
    """The values that are not as promised, of questions of one kind, by place; places without any are left out."""
    stacked = pl.concat(
        pl.DataFrame({"value": values[place]}).with_columns(pl.lit(place, pl.UInt32).alias("place"))
        for place in questions
    )
    rule, terms = next((one.rule, dict(one.terms)) for one in questions.values())
    asked = stacked.select("value")
    if rule == "allowed":
        asked = stacked.select(filled("{}={}", "place", "value").alias("value"))
        lists = {place: dict(one.terms)["values"] for place, one in questions.items()}
        terms = {"values": [f"{place}={value}" for place, values in lists.items() for value in values]}
    rows = _ask(_EXPECTATIONS[rule](**terms), asked, [one.about for one in questions.values()])
    failing = stacked[rows]
    return {place: part["value"] for (place,), part in failing.partition_by("place", as_dict=True).items()}


def _ask(expectation: Any, values: pl.DataFrame, about: Sequence[str]) -> pl.Series:
    """Positions of the values that fail an expectation."""
    result = validate(_to_pandas(values), expectation)
    if "unexpected_index_list" not in result:
        # What it says about the failure quotes values.
        raise JudgementError(f"Great Expectations could not evaluate one of these checks: {', '.join(about)}")
    return pl.Series("row", result["unexpected_index_list"], dtype=pl.UInt32)


def _rows_holding(failing: pl.Series, question: Question) -> pl.Series:
    """Where the rows are that hold one of the failing values; a null or NaN finds itself."""
    held = question.frame.select(question.values.alias("value")).with_row_index("row")
    return held.join(failing.to_frame("value"), on="value", how="semi", nulls_equal=True, maintain_order="left")["row"]


def _to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """Arrow-backed pandas: the NumPy default turns nullable integers into floats and keys into other keys.

    Moments become NumPy's UTC microseconds, which Great Expectations compares as a column and not one by one.
    """
    if frame.schema["value"] == MOMENT:
        return frame.to_pandas()
    return frame.to_pandas(use_pyarrow_extension_array=True)
