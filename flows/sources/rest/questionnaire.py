"""Surveys whose questions the vendor describes: an item's answers, text and scale come from there.

A configured item names a question as people see it in the survey tool; the description says under which key the answer
stands in an exported response, and what its choices count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.errors import SourcePermanentError
from transforms.scales import CURRENT_VERSION, SCALE_MAPS, scale_of
from transforms.staging.errors import nearest
from transforms.staging.mapping import ItemMapping


@dataclass(frozen=True)
class Question:
    """One question, or one statement of a matrix.

    `key`: where an exported response holds the answer. `names`: what an item may call it. `points`: what each of its
    choices counts, empty for a question without countable choices.
    """

    key: str
    names: tuple[str, ...]
    text: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class Description:
    """What a survey asks, and the names of everything else its responses may hold."""

    questions: tuple[Question, ...]
    other_fields: tuple[str, ...]


@dataclass(frozen=True)
class Questionnaire:
    """The endpoint whose page describes the survey, and how to read that page."""

    endpoint: str
    read: Callable[[bytes], Description]


def described(items: Sequence[ItemMapping], description: Description, source: str) -> list[ItemMapping]:
    """The items with the export's keys as columns, and with text and scale where the configuration leaves them out.

    An item keeps its configured name as its id. Raises SourcePermanentError for one that the survey does not ask, or
    whose choices are no scale.
    """
    by_name = {name: question for question in description.questions for name in question.names}
    return [_described(item, by_name, source) for item in items]


def unknown_fields(names: Sequence[str], description: Description) -> list[str]:
    """Those of `names` that no response of the survey can hold, each with the nearest one that it can."""
    known = {*description.other_fields, *(question.key for question in description.questions)}
    return [f'"{name}" ({nearest(name, sorted(known))})' for name in names if name not in known]


def _described(item: ItemMapping, by_name: dict[str, Question], source: str) -> ItemMapping:
    question = by_name.get(item.column or "")
    if question is None:
        raise _refused(source, f'the survey asks no "{item.column}"; {nearest(item.column or "", sorted(by_name))}')
    return item.model_copy(
        update={
            "item_id": item.item_id or item.column,
            "column": question.key,
            "question": item.question or question.text,
            "scale": item.scale or _scale(item, question, source),
        }
    )


def _scale(item: ItemMapping, question: Question, source: str) -> str:
    """The scale that the choices are, without those that the item says mean something else."""
    special = {*item.not_applicable, *item.null_values}
    scale = scale_of([point for point in question.points if point not in special])
    if scale is None:
        points = ", ".join(question.points) or "nothing"
        scales = ", ".join(SCALE_MAPS[CURRENT_VERSION])
        raise _refused(
            source,
            f'the choices of "{item.column}" count {points}, which is none of the scales {scales}; '
            "name in not_applicable what is no point of the scale, or set scale",
        )
    return scale


def _refused(source: str, rule: str) -> SourcePermanentError:
    return SourcePermanentError(f'source "{source}", questionnaire: {rule}')
