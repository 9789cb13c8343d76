"""The questionnaire as configured: which items a survey has, and how a question is recognised."""

from __future__ import annotations

import re

import polars as pl

from transforms.contracts.surveys import SurveyItem
from transforms.scales import CURRENT_VERSION
from transforms.staging.mapping import ItemMapping, SourceMapping

_SLUG_LENGTH = 60


def survey_items(mapping: SourceMapping) -> pl.DataFrame:
    """The items of a survey's mapping (contract SurveyItem), from the mapping alone; empty for any other grain."""
    has_respondent = "respondent" in mapping.columns and not mapping.one_answer_per_person_and_item
    rows = [
        {
            "survey_id": survey_id_of(mapping),
            "item_id": item_id_of(item),
            "audience": mapping.audience,
            "item_text": next(iter(questions_of(item)), None),
            "construct": item.construct,
            "scale_id": item.scale,
            "scale_map_version": CURRENT_VERSION,
            "is_reverse": item.reverse,
            "has_respondent": has_respondent,
        }
        for item in mapping.item
    ]
    return pl.DataFrame(rows, schema=SurveyItem.create_empty().schema)


def survey_id_of(mapping: SourceMapping) -> str:
    """The survey a source belongs to: answers and invitations may come from two sources."""
    return mapping.survey or mapping.name


def item_id_of(item: ItemMapping) -> str:
    """The configured id, else the column, else a slug of the first spelling of the question."""
    if item.item_id:
        return item.item_id
    if item.column:
        return item.column.strip()
    slug = "_".join(re.findall(r"\w+", questions_of(item)[0].lower()))
    # Cut between words; a single longer word is cut in the middle.
    return slug if len(slug) <= _SLUG_LENGTH else slug[: _SLUG_LENGTH + 1].rpartition("_")[0] or slug[:_SLUG_LENGTH]


def questions_of(item: ItemMapping) -> list[str]:
    """Every spelling of an item's question."""
    if item.question is None:
        return []
    return [item.question] if isinstance(item.question, str) else list(item.question)


def folded_question(question: str) -> str:
    """A question as it is compared: lower case, runs of blanks as one."""
    return " ".join(question.lower().split())
