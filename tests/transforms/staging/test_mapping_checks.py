from __future__ import annotations

from typing import Any

import pytest

from transforms.staging.checks import check_columns, check_mapping, column_problems, mapping_problems
from transforms.staging.errors import MappingError
from transforms.staging.mapping import SourceMapping

TICKETS: dict[str, Any] = {
    "name": "desk",
    "kind": "tickets",
    "grain": "snapshot",
    "columns": {"ticket_id": "number", "created_at": "opened_at"},
}
SURVEY: dict[str, Any] = {
    "name": "pulse",
    "kind": "survey",
    "grain": "wide_answers",
    "audience": "employee",
    "columns": {"answered_at": "On", "respondent": "Who"},
    "item": [{"column": "Q1", "scale": "1-5", "construct": "why"}],
}


def _problems(base: dict[str, Any], **changes: Any) -> list[str]:
    return list(mapping_problems(SourceMapping.model_validate({**base, **changes})))


def test_sound_mappings_have_no_problem() -> None:
    assert _problems(TICKETS) == []
    assert _problems(SURVEY) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"grain": "long_answers"}, 'kind "tickets" has no grain "long_answers"; use one of snapshot'),
        ({"timezone": "Europe/Berln"}, 'no time zone "Europe/Berln"; nearest: "Europe/Berlin"'),
        ({"timezone": "/etc/passwd"}, 'no time zone "/etc/passwd"'),
        ({"datetime_format": "%d/%m %H:%M"}, "says no full date"),
        ({"datetime_format": "%d/%m/%Y %H"}, "says no full date"),
        ({"columns": {"ticket_id": "number"}}, "created_at is not mapped"),
        (
            {"constants": {"chanel": "mail"}},
            "[source.constants] chanel: no such field in tickets of grain snapshot; near",
        ),
        ({"constants": {"ticket_id": "1"}}, "ticket_id is both in [source.columns] and in [source.constants]"),
        ({"constants": {"promise_clock": "wall"}}, "promise_clock: unknown value; use one of calendar, business"),
        ({"constants": {"closed_at": "soon"}}, "closed_at: not a date; a datetime is expected"),
        ({"constants": {"reopen_count": -1}}, "reopen_count: out of range"),
        (
            {"values": {"status": {"opened": ["New"]}}},
            '[source.values.status] "opened" is no status; use one of new, open',
        ),
        (
            {"values": {"stats": {"open": ["New"]}}},
            '[source.values.stats]: no field with values to translate; nearest: "st',
        ),
        ({"values": {"status": {"open": ["New"], "new": ["new"]}}}, '"new" stands under two values'),
        ({"values": {"is_deleted": {"deleted": ["x"]}}}, '"deleted" is no is_deleted; use one of true, false'),
        ({"item": SURVEY["item"]}, "[[source.item]] has no meaning in grain snapshot"),
    ],
)
def test_a_ticket_mapping_that_makes_no_sense(changes: dict[str, Any], said: str) -> None:
    problems = _problems(TICKETS, **changes)

    assert any(said in problem for problem in problems), problems
    assert not any("\n" in problem for problem in problems)


def test_only_tags_may_be_a_list() -> None:
    columns = {**TICKETS["columns"], "team": ["group", "queue"]}

    assert _problems(TICKETS, columns=columns) == [
        "[source.columns] team: only tags may be a list of columns; name one, or use a template"
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item": []}, "no [[source.item]]"),
        ({"audience": None}, 'audience is missing; use "employee" or "customer"'),
        ({"columns": {"answered_at": "On"}}, "respondent is not mapped"),
        ({"item": [{"column": "Q1", "scale": "1-6"}]}, 'no scale "1-6"; use one of 1-4, 1-5, 1-7, 1-10, 0-10'),
        (
            {"item": [{"column": "Q1", "scale": "1-5", "construct": "visoin"}]},
            'no construct "visoin"; nearest: "vision"',
        ),
        ({"item": [{"question": "Why?", "scale": "1-5"}]}, "column is missing"),
        ({"item": [{"column": "Q1", "scale": "1-5"}] * 2}, 'item_id "Q1" stands in two items'),
        ({"grain": "long_answers"}, "question is not mapped"),
    ],
)
def test_a_survey_mapping_that_makes_no_sense(changes: dict[str, Any], said: str) -> None:
    problems = _problems(SURVEY, **changes)

    assert any(said in problem for problem in problems), problems


def test_a_question_belongs_to_one_item() -> None:
    items = [{"question": "I know why", "scale": "1-5"}, {"question": "i  know WHY", "scale": "1-5", "item_id": "b"}]
    columns = {"answered_at": "On", "respondent": "Who", "question": "Q", "answer": "A"}

    assert _problems(SURVEY, grain="long_answers", columns=columns, item=items) == [
        '[[source.item]] question "i know why" stands in two items; give each its own item_id and questions'
    ]


def test_the_error_names_the_source_the_file_the_column_and_the_nearest() -> None:
    mapping = SourceMapping.model_validate({**TICKETS, "columns": {**TICKETS["columns"], "team": "asignment_group"}})

    with pytest.raises(MappingError) as caught:
        check_columns(mapping, ["number", "opened_at", "assignment_group", "assigned_to"], "incidents.csv")

    assert str(caught.value) == (
        'source "desk", incidents.csv: no column "asignment_group", which team is mapped to; '
        'nearest: "assignment_group"'
    )


def test_every_missing_column_of_a_template_and_an_item_is_named() -> None:
    mapping = SourceMapping.model_validate(
        {**SURVEY, "columns": {"answered_at": "{Year}-{Month}-01", "respondent": "Who"}}
    )

    assert len(list(column_problems(mapping, ["Who", "Year"]))) == 2
    assert list(column_problems(mapping, ["Who", "Year", "Month", " Q1 "])) == []


def test_a_mapping_error_names_the_source() -> None:
    with pytest.raises(MappingError, match=r'^source "pulse": no time zone'):
        check_mapping(SourceMapping.model_validate({**SURVEY, "timezone": "Mars"}))
