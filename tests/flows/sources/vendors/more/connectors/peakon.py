"""Peakon: answers of employees.

Shapes and traps: an application's token buys a bearer that expires; answers are JSON:API, up to 20,000 on a page;
rounds of type `test` are nobody's opinion, and what is no scale has no score.
"""

from __future__ import annotations

from flows.sources.rest.auth import Login
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed
from flows.sources.rest.increments import Snapshot
from flows.sources.rest.paging import BodyLink
from flows.sources.rest.shape import TEXT

_FIELDS = ("answerId", "answerScore", "employeeId", "questionId", "responseAnsweredAt", "responseId", "roundType")
ANSWERS = Endpoint(
    name="answers",
    path="/api/v1/answers/export",
    params={"per_page": "20000"},
    records="data",
    shape={"attributes": dict.fromkeys(_FIELDS, TEXT)},
    feeds=(
        Feed(
            "survey",
            "long_answers",
            columns={
                "response_id": "attributes.responseId",
                "question": "attributes.questionId",
                "answer": "attributes.answerScore",
                "answered_at": "attributes.responseAnsweredAt",
                "respondent": "{page.source}:{attributes.employeeId}",
            },
            left_out={"test_response": {"attributes.roundType": ["test"]}},
        ),
    ),
    paging=BodyLink("links.next"),
    increment=Snapshot(),
    needs="an application that may export answers",
)
CONNECTOR = Connector(
    title="Peakon",
    url="https://{account}.peakon.com",
    auth=Login("/api/v1/auth/application", "data.id", body={"token": "{token}"}, is_form=True),
    budget=Budget(per_minute=60),
    probe="/api/v1/companies/me",
    endpoints=(ANSWERS,),
)
