from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transforms.staging.mapping import SourceMapping
from transforms.staging.pseudonyms import pseudonym
from transforms.staging.stage import StagedPage, survey_items

Stage = Callable[..., StagedPage]
Fates = Callable[[StagedPage], list[tuple[Any, ...]]]

LONG: dict[str, Any] = {
    "kind": "survey",
    "grain": "long_answers",
    "audience": "employee",
    "columns": {
        "question": "Question",
        "answer": "Answer",
        "answered_at": "On",
        "response_id": "Form",
        "respondent": "Who",
        "team": "Team",
    },
    "item": [
        {"question": ["I know why.", "Ich weiß, warum."], "scale": "1-5", "construct": "why", "item_id": "why"},
        {"question": "I would rather not", "scale": "1-5", "reverse": True, "not_applicable": ["9", "n/a"]},
    ],
}


def test_answers_land_on_the_scale_of_their_item(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        Form | Who | Team | On         | Question           | Answer
        1    | U1 | Day  | 2026-01-05 | I know why.        | 4.0
        1    | U1 | Day  | 2026-01-05 | I would rather not | 2
        2    | U2 | Day  | 2026-01-05 | ich weiß,  warum.  | 5
        2    | U2 | Day  | 2026-01-05 | I would rather not | 9.0
        3    | U3  | Day  | 2026-01-05 | I know why.        |
        3    | U3  | Day  | 2026-01-05 | I would rather not | 6
        4    | U4  | Day  | 2026-01-05 | I know why.        | 3.5
        4    | U4  | Day  | 2026-01-05 | Any comments?      | 3
        5    | U5  | Day  | 2026-01-05 | I know why.        | often
        """,
        **LONG,
    )

    assert page.tables["survey_response"].select("response_id", "item_id", "value", "is_not_applicable").rows() == [
        ("1", "why", 4.0, False),
        ("1", "i_would_rather_not", 4.0, False),  # 2 turned round
        ("2", "why", 5.0, False),
        ("2", "i_would_rather_not", None, True),
    ]
    assert fates(page) == [
        (5, "unanswered", "blank_answer", "Answer"),
        (6, "quarantined", "not_on_scale", "Answer"),
        (7, "quarantined", "not_on_scale", "Answer"),
        (8, "quarantined", "unknown_value", "Question"),
        (9, "quarantined", "not_a_number", "Answer"),
    ]
    assert page.tables["survey_response"]["respondent_key"][0] == pseudonym("u1", b"a key for tests")


def test_the_newest_answer_of_a_form_counts(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        Form | Who | Team | On         | Question    | Answer
        1    | U1 | Day  | 2026-01-06 | I know why. | 4
        1    | U1 | Day  | 2026-01-05 | I know why. | 1
        """,
        **LONG,
    )

    assert page.tables["survey_response"]["value"].to_list() == [4.0]
    assert fates(page) == [(2, "superseded", "older_version", None)]


def test_worded_answers_are_translated(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        Form | Who | Team | On         | Question           | Answer
        1    | U1 | Day  | 2026-01-05 | I know why.        | Agree
        2    | U2 | Day  | 2026-01-05 | I know why.        | Perhaps
        3    | U3  | Day  | 2026-01-05 | I would rather not | N/A
        """,
        **LONG,
        values={"answer": {"4": ["agree"], "5": ["strongly agree"]}},
    )

    assert page.tables["survey_response"].select("value", "is_not_applicable").rows() == [(4.0, False), (None, True)]
    assert fates(page) == [(2, "quarantined", "unknown_value", "Answer")]


def test_equal_rows_without_id_or_person_are_two_people(stage: Stage) -> None:
    page = stage(
        """
        Team | Question    | Answer
        Day  | I know why. | 4
        Day  | I know why. | 4
        """,
        **{**LONG, "columns": {"question": "Question", "answer": "Answer", "team": "Team"}},
        constants={"answered_at": "2026-01-05"},
        one_answer_per_person_and_item=True,
    )

    assert page.tables["survey_response"]["response_id"].to_list() == ["0123456789abcdef:1", "0123456789abcdef:2"]
    assert page.tables["survey_response"]["respondent_key"].to_list() == [None, None]


WIDE: dict[str, Any] = {
    "kind": "survey",
    "grain": "wide_answers",
    "audience": "customer",
    "columns": {"response_id": "Form", "respondent": "Form", "answered_at": "2017-05-{Day}"},
    "item": [
        {"column": "NETPRO", "scale": "0-10", "construct": "recommend", "null_values": ["11"]},
        {"column": "Q7", "scale": "1-5", "item_id": "overall", "not_applicable": ["6"], "null_values": ["0", "Blank"]},
    ],
}


def test_one_bad_answer_does_not_discard_the_others(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        Form | Day | NETPRO | Q7
        1    | 5   | 10     | 5
        2    | 6   | 11     | Blank
        3    | 7   | 12     | 4
        4    | 8   | x      | 7
        5    | 9   |        | 6
        6    | 40  | 10     | 5
        7    | 10  | 3      | 0.0
        """,
        **WIDE,
    )

    answers = page.tables["survey_response"].select("source_row", "item_id", "value", "is_not_applicable")
    assert answers.rows() == [
        (1, "NETPRO", 10.0, False),
        (1, "overall", 5.0, False),
        (3, "overall", 4.0, False),
        (5, "overall", None, True),
        (7, "NETPRO", 3.0, False),
    ]
    assert fates(page) == [
        (2, "unanswered", "blank_answer", None),
        (4, "quarantined", "not_a_number", "NETPRO, Q7"),
        (6, "quarantined", "not_a_date", "Day"),
    ]
    assert page.partial.select("source_row", "fate", "reason", "column_name").rows() == [
        (3, "staged", "not_on_scale", "NETPRO")
    ]


def test_an_id_that_is_the_person_becomes_a_pseudonym_too(stage: Stage) -> None:
    page = stage("Form | Day | NETPRO | Q7\nu1@example.org | 5 | 10 | 5", **WIDE)

    answers = page.tables["survey_response"]
    assert answers["response_id"].to_list() == answers["respondent_key"].to_list()
    assert "example.org" not in answers.write_csv()


def test_a_form_filled_in_again_replaces_the_first(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        Form | Day | NETPRO | Q7
        1    | 6   | 10     |
        1    | 5   | 2      | 2
        """,
        **WIDE,
    )

    assert page.tables["survey_response"].select("source_row", "item_id", "value").rows() == [(1, "NETPRO", 10.0)]
    assert fates(page) == [(2, "superseded", "older_version", None)]


def test_the_items_come_from_the_mapping_alone() -> None:
    items = survey_items(SourceMapping.model_validate({"name": "pulse", **LONG, "survey": "annual"}))

    assert items.select("survey_id", "item_id", "audience", "construct", "scale_id", "is_reverse").rows() == [
        ("annual", "why", "employee", "why", "1-5", False),
        ("annual", "i_would_rather_not", "employee", None, "1-5", True),
    ]
    assert items["item_text"].to_list() == ["I know why.", "I would rather not"]
    assert items["has_respondent"].to_list() == [True, True]


def test_a_survey_of_answers_without_people_says_so() -> None:
    mapping = SourceMapping.model_validate({"name": "pulse", **LONG, "one_answer_per_person_and_item": True})

    assert survey_items(mapping)["has_respondent"].to_list() == [False, False]


def test_invitations_are_delivered_unless_said_otherwise(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        Sent       | To  | Arrived
        2026-01-05 | U1 |
        2026-01-05 | U2 | no
        2026-01-05 | U2 | no
        later      | U3  | yes
        """,
        kind="survey",
        grain="invitations",
        survey="annual",
        columns={"sent_at": "Sent", "respondent": "To", "is_delivered": "Arrived"},
    )

    assert page.tables["invitation"].select("survey_id", "invitation_id", "is_delivered").rows() == [
        ("annual", "0123456789abcdef:1", True),
        ("annual", "0123456789abcdef:2", False),
    ]
    assert fates(page) == [(3, "superseded", "exact_duplicate", None), (4, "quarantined", "not_a_date", "Sent")]


def test_good_and_bad_ratings_are_points_and_offers_are_unanswered(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        id | requester | ticket | score   | comment     | updated
        1  | C1        | T1     | good    | Thank you!  | 2026-01-05
        2  | C2        | T2     | bad     |             | 2026-01-05
        3  | C3        | T3     | offered |             | 2026-01-05
        """,
        kind="survey",
        grain="wide_answers",
        audience="customer",
        columns={
            "response_id": "id",
            "respondent": "requester",
            "ticket_id": "ticket",
            "comment": "comment",
            "answered_at": "updated",
        },
        values={"answer": {"1": ["good"], "0": ["bad"]}},
        item=[{"column": "score", "construct": "satisfied", "scale": "0-1", "null_values": ["offered"]}],
    )

    assert page.tables["survey_response"].select("ticket_id", "value", "has_comment").rows() == [
        ("T1", 1.0, True),
        ("T2", 0.0, False),
    ]
    assert fates(page) == [(3, "unanswered", "blank_answer", None)]


def test_nobody_knows_of_comments_where_the_export_has_no_column_for_them(stage: Stage) -> None:
    page = stage(
        """
        Form | Who | Team | On         | Question    | Answer
        1    | U1  | Day  | 2026-01-06 | I know why. | 4
        """,
        **LONG,
    )

    assert page.tables["survey_response"]["has_comment"].to_list() == [None]
