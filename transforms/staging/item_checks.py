"""Whether the items of a survey's mapping make sense: scales, constructs, what each is read from."""

from __future__ import annotations

from collections.abc import Iterator

from transforms.contracts.surveys import CONSTRUCTS
from transforms.scales import CURRENT_VERSION, SCALE_MAPS
from transforms.staging.errors import nearest
from transforms.staging.mapping import ItemMapping, SourceMapping
from transforms.staging.survey_items import folded_question, item_id_of, questions_of

_WITH_ITEMS = ("long_answers", "wide_answers")


def item_problems(mapping: SourceMapping) -> Iterator[str]:
    """What is wrong with the items, one line each."""
    if mapping.grain not in _WITH_ITEMS:
        if mapping.item:
            yield f"[[source.item]] has no meaning in grain {mapping.grain}; remove it"
        return
    if not mapping.item:
        yield "no [[source.item]]: name the questions to read, each with its scale"
    if mapping.audience is None:
        yield 'audience is missing; use "employee" or "customer"'
    if "respondent" not in mapping.columns and not mapping.one_answer_per_person_and_item:
        # Without either nobody could tell how many people stand behind a number.
        yield "respondent is not mapped: map it, or set one_answer_per_person_and_item = true where that holds"
    for item in mapping.item:
        yield from _one(item, mapping.grain)
    if all(item.column or item.question for item in mapping.item):
        yield from _twice(mapping)


def _one(item: ItemMapping, grain: str) -> Iterator[str]:
    name = f'[[source.item]] "{item.item_id or item.column or questions_of(item)[:1]}"'
    needed, useless = ("question", "column") if grain == "long_answers" else ("column", "question")
    if not getattr(item, needed):
        yield f"{name}: {needed} is missing; {grain} find an item by its {needed}"
    elif grain == "long_answers" and getattr(item, useless):
        yield f"{name}: {useless} has no meaning in {grain}; remove it"
    scales = SCALE_MAPS[CURRENT_VERSION]
    if item.scale not in scales:
        missing = f'no scale "{item.scale}"' if item.scale else "scale is missing"
        yield f"{name}: {missing}; use one of {', '.join(scales)}"
    if item.construct is not None and item.construct not in CONSTRUCTS:
        yield f'{name}: no construct "{item.construct}"; {nearest(item.construct, CONSTRUCTS)}'


def _twice(mapping: SourceMapping) -> Iterator[str]:
    seen: set[str] = set()
    for item in mapping.item:
        spellings = {folded_question(question) for question in questions_of(item)}
        names = {f'item_id "{item_id_of(item)}"', *(f'question "{spelling}"' for spelling in sorted(spellings))}
        for name in sorted(names & seen):
            yield f"[[source.item]] {name} stands in two items; give each its own item_id and questions"
        seen |= names
