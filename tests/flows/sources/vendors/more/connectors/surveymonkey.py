"""SurveyMonkey: answers of one survey, question by question.

Shapes and traps: `GET /v3/surveys/{id}/responses/bulk` gives responses in the order of their last change, with their
text where `simple` is asked for; answers lie four lists deep. `start_modified_at` is inclusive, so the last response
comes again; partial ones come, too.
"""

from __future__ import annotations

import polars as pl

from flows.sources.rest.auth import BEARER
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed, Option
from flows.sources.rest.increments import Since
from flows.sources.rest.paging import BodyLink
from flows.sources.rest.shape import TEXT


def _answers(responses: pl.DataFrame) -> pl.DataFrame:
    """A row for each answer: the response's own columns, question and answer."""
    questions = responses.explode("pages").with_columns(pl.col("pages").struct.field("questions")).explode("questions")
    asked = questions.with_columns(
        pl.col("questions").struct.field("heading").alias("question"),
        pl.col("questions").struct.field("answers").alias("answers"),
    )
    answer = pl.col("answers").struct.field("simple_text").alias("answer")
    return asked.explode("answers").with_columns(answer).drop("pages", "questions", "answers")


RESPONSES = Endpoint(
    name="responses",
    path="/v3/surveys/{survey}/responses/bulk",
    params={"per_page": "100", "sort_by": "date_modified", "sort_order": "ASC", "simple": "true"},
    records="data",
    shape={
        **dict.fromkeys(("id", "recipient_id", "response_status", "date_modified"), TEXT),
        "custom_variables": {"ticket_id": TEXT},
        "pages": [{"questions": [{"heading": TEXT, "answers": [{"simple_text": TEXT}]}]}],
    },
    feeds=(
        Feed(
            "survey",
            "long_answers",
            columns={
                "response_id": "id",
                "question": "question",
                "answer": "answer",
                "answered_at": "date_modified",
                "respondent": "{page.source}:{recipient_id}",
                "ticket_id": "custom_variables.ticket_id",
            },
            reshape=_answers,
            left_out={"unfinished_response": {"response_status": ["partial", "overquota", "disqualified"]}},
        ),
    ),
    paging=BodyLink("links.next"),
    increment=Since("start_modified_at"),
    needs="scope View Response Details",
)
CONNECTOR = Connector(
    title="SurveyMonkey",
    url="https://api.surveymonkey.com",
    auth=BEARER,
    budget=Budget(per_minute=120),
    probe="/v3/users/me",
    endpoints=(RESPONSES,),
    options=(Option("survey", "The survey's number."),),
)
