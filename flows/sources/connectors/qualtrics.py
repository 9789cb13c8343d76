"""Qualtrics: responses by export job, the survey's definition for items and scales, mailings for who was asked.

One source is one survey; sources with the same address share the account's budget. Shapes and limits:
https://api.qualtrics.com (response exports, survey definitions, distributions), the R package qualtRics (ropensci) and
dbt_qualtrics (Fivetran).

Responses are read by windows of the recorded date, `startDate` inclusive and `endDate` exclusive. The interface tells
of no deletion, so a window is read again for `reread_days`, and what it no longer holds is gone. Mailings are read by
the date they were sent in the same way; an invitation was sent when its mailing was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from flows.sources.rest.auth import InHeader
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed, Option, SubEndpoint
from flows.sources.rest.increments import Snapshot, Windows
from flows.sources.rest.paging import BodyLink, ExportJob, OnePage
from flows.sources.rest.questionnaire import Description, Question, Questionnaire
from flows.sources.rest.shape import TEXT

# Asked for by name, because an export brings network addresses, places and names otherwise.
_METADATA = ("status", "finished", "recordedDate", "recipientEmail", "externalDataReference", "distributionChannel")
_UNREACHED = ["Error", "Failure", "Unknown", "Blocked", "SoftBounce", "HardBounce"]
_REACHED = [
    "Success",
    "Opened",
    "Complaint",
    "SurveyStarted",
    "SurveyPartiallyFinished",
    "SurveyFinished",
    "SurveyScreenedOut",
    "SessionExpired",
]
_TAG = re.compile(r"<[^>]*>|&nbsp;")


def _names(contacts: pl.DataFrame) -> pl.DataFrame:
    """What a contact is known as elsewhere: mailings know its id, responses its reference or its address."""
    person = pl.coalesce("email", "extRef").alias("person")
    named = contacts.with_columns(person, pl.concat_list("contactId", "extRef").alias("alias"))
    return named.explode("alias", empty_as_null=False).drop_nulls(["alias", "person"])


def _description(page: bytes) -> Description:
    survey = json.loads(page)["result"]
    asked = [question for one in survey["Questions"].values() for question in _questions(one)]
    return Description(tuple(asked), (*_METADATA, *sorted(set(_embedded(survey.get("SurveyFlow", {}))))))


def _questions(one: Mapping[str, Any]) -> Iterator[Question]:
    """A question of one answer; of a matrix each statement, named by its own tag or as `<tag>_<number>`."""
    key, tag, text = str(one["QuestionID"]), str(one.get("DataExportTag") or ""), _plain(one.get("QuestionText", ""))
    recoded = one.get("RecodeValues") or {}
    if one.get("QuestionType") != "Matrix":
        points = tuple(str(recoded.get(choice, choice)) for choice in one.get("Choices") or {})
        yield Question(key, tuple(filter(None, (key, tag))), text, points)
        return
    points = tuple(str(recoded.get(answer, answer)) for answer in one.get("Answers") or {})
    tags = one.get("ChoiceDataExportTags") or {}
    for number, statement in one["Choices"].items():
        names = (f"{key}_{number}", f"{tag}_{number}", str(tags.get(number) or ""))
        yield Question(f"{key}_{number}", tuple(filter(None, names)), _plain(statement["Display"]), points)


def _embedded(flow: Any) -> Iterator[str]:
    """Names of the embedded data that a survey's flow sets, at any depth."""
    if isinstance(flow, list):
        for step in flow:
            yield from _embedded(step)
    elif isinstance(flow, Mapping):
        yield from (str(one["Field"]) for one in flow.get("EmbeddedData", ()))
        yield from _embedded(flow.get("Flow"))


def _plain(text: str) -> str:
    return " ".join(_TAG.sub(" ", text).split())


CONNECTOR = Connector(
    title="Qualtrics",
    url="https://{account}.qualtrics.com",
    auth=InHeader("X-API-TOKEN", "{token}"),
    budget=Budget(per_minute=1_000, at_once=4),
    probe="/API/v3/whoami",
    options=(
        Option("survey", "the survey's id, such as SV_0123456789abcde"),
        Option("directory", "the id of the directory (POOL_...) whose contacts are invited", ""),
    ),
    endpoints=(
        Endpoint(
            name="definition",
            path="/API/v3/survey-definitions/{survey}",
            records="result",
            shape={"SurveyID": TEXT, "LastModified": TEXT},
            feeds=(),
            paging=OnePage(),
            increment=Snapshot(),
            needs="view the survey",
        ),
        Endpoint(
            name="contacts",
            path="/API/v3/directories/{directory}/contacts",
            records="result.elements",
            shape={"contactId": TEXT, "email": TEXT, "extRef": TEXT},
            feeds=(Feed("organisation", "person_aliases", {"alias": "alias", "person": "person"}, reshape=_names),),
            paging=BodyLink("result.nextPage"),
            increment=Snapshot(),
            needs="view the directory; leave out contacts where there is none",
        ),
        Endpoint(
            name="responses",
            path="",
            records="responses",
            # An address, say, is read only where it is mapped.
            shape={"responseId": TEXT, "values": dict.fromkeys(("status", "finished", "distributionChannel"), TEXT)},
            free="values",
            feeds=(
                Feed(
                    kind="survey",
                    grain="wide_answers",
                    columns={
                        "response_id": "responseId",
                        "answered_at": "recordedDate",
                        "respondent": "externalDataReference",
                    },
                    left_out={
                        # A status is a sum: 1 preview, 2 test, 4 imported, 8 spam, 16 offline, 32 employees.
                        "test_response": {"status": ["1", "2", "9", "17"], "distributionChannel": ["preview", "test"]},
                        "spam_response": {"status": ["8", "12", "24", "40"]},
                        "unfinished_response": {"finished": ["0", "false"]},
                    },
                ),
            ),
            paging=ExportJob(
                start_path="/API/v3/surveys/{survey}/export-responses",
                poll_path="/API/v3/surveys/{survey}/export-responses/{job}",
                file_path="/API/v3/surveys/{survey}/export-responses/{file}/file",
                job="result.progressId",
                file="result.fileId",
                status="result.status",
                done=("complete",),
                failed=("failed",),
                poll_seconds=5.0,
                patience_seconds=1_800.0,
                body={"format": "json", "compress": True, "surveyMetadataIds": list(_METADATA)},
            ),
            increment=Windows("startDate", "endDate", days=30),
            budget=Budget(per_minute=100),
            needs="view and export responses",
        ),
        Endpoint(
            name="mailings",
            path="/API/v3/distributions",
            params={"surveyId": "{survey}"},
            records="result.elements",
            shape={"id": TEXT},
            feeds=(),
            paging=BodyLink("result.nextPage"),
            increment=Windows("sendStartDate", "sendEndDate", days=30),
            needs="view distributions",
            of_each=(
                SubEndpoint(
                    name="invitations",
                    path="/API/v3/distributions/{id}/history",
                    records="result.elements",
                    shape={"contactId": TEXT, "distributionId": TEXT, "status": TEXT, "responseCompletedAt": TEXT},
                    feeds=(
                        Feed(
                            kind="survey",
                            grain="invitations",
                            columns={
                                "invitation_id": "{distributionId}/{contactId}",
                                "respondent": "contactId",
                                "sent_at": "page.sendDate",
                                "answered_at": "responseCompletedAt",
                                "is_delivered": "status",
                            },
                            values={"is_delivered": {"true": _REACHED, "false": _UNREACHED}},
                            left_out={"not_sent": {"status": ["Pending", "Skipped"]}},
                        ),
                    ),
                    paging=BodyLink("result.nextPage"),
                    budget=Budget(per_minute=300, at_once=4),
                    needs="view distributions",
                    of_record=("id", "sendDate"),
                ),
            ),
        ),
    ),
    questionnaire=Questionnaire("definition", _description),
    # 2: embedded data of any name is read as it is.
    version=2,
)
