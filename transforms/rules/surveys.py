"""Rules of surveys: an answer is a point of its item's scale."""

from __future__ import annotations

import polars as pl

from transforms.rules.declaration import Rule, Tables, judged, together
from transforms.scales import scale_frame

_ITEM = ("survey_id", "item_id")


def _answer_off_scale(candidates: Tables, known: Tables) -> pl.LazyFrame:
    """An answer without a value holds; one to an item or on a scale nobody declared does not."""
    scales = (
        together("survey_item", candidates, known)
        .join(scale_frame().lazy(), on=["scale_map_version", "scale_id"], how="left")
        .select(*_ITEM, "lowest", "highest")
    )
    answers = candidates["survey_response"].join(scales, on=_ITEM, how="left")
    value = pl.col("value")
    return judged(answers, "survey_response", value.is_null() | value.is_between("lowest", "highest"))


RULES = (
    Rule(
        id="answer_off_scale",
        table="survey_response",
        severity="row",
        description="An answer lies outside the scale of its item.",
        check=_answer_off_scale,
    ),
)
