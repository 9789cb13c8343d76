"""Typeform: answers to one form.

Shapes and traps: `GET /forms/{id}/responses` hands out the newest first, older ones before the last one's token; both
bounds of time are inclusive, so a response may come with two windows. An answer's value stands under the name of its
type. Hidden fields are the customer's own.
"""

from __future__ import annotations

import polars as pl

from flows.sources.rest.auth import BEARER
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed, Option
from flows.sources.rest.increments import Windows
from flows.sources.rest.paging import Cursor
from flows.sources.rest.shape import TEXT


def _answers(responses: pl.DataFrame) -> pl.DataFrame:
    """A row for each answer that has a value: `question`, `answer` and the response's own columns."""
    answer = pl.col("answers").struct
    value = pl.coalesce(answer.field("number"), answer.field("choice").struct.field("label"))
    return (
        responses.explode("answers", empty_as_null=False, keep_nulls=False)
        .with_columns(answer.field("field").struct.field("ref").alias("question"), value.alias("answer"))
        .filter(pl.col("answer").is_not_null())
        .drop("answers")
    )


RESPONSES = Endpoint(
    name="responses",
    path="/forms/{form}/responses",
    params={"page_size": "1000", "completed": "true"},
    records="items",
    shape={
        **dict.fromkeys(("response_id", "submitted_at"), TEXT),
        "answers": [{"field": {"ref": TEXT}, "number": TEXT, "choice": {"label": TEXT}}],
        "hidden": {},
    },
    free="hidden",
    feeds=(
        Feed(
            "survey",
            "long_answers",
            columns={
                "response_id": "response_id",
                "question": "question",
                "answer": "answer",
                "answered_at": "submitted_at",
            },
            reshape=_answers,
        ),
    ),
    paging=Cursor("before", "items.-1.token"),
    increment=Windows("since", "until", days=30),
    needs="scope responses:read",
)
CONNECTOR = Connector(
    title="Typeform",
    url="https://api.typeform.com",
    auth=BEARER,
    budget=Budget(per_minute=120),
    probe="/me",
    endpoints=(RESPONSES,),
    options=(Option("form", "The form's id."),),
)
