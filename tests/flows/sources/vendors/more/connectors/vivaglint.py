"""Viva Glint: answers of employees, exported on request.

Shapes and traps: another host gives the token; the export is a zip of CSV files with a column for each question, and
others of a question's name with an ending, of which only `_COMMENT` is looked at where it is mapped. Times are written
day first.
"""

from __future__ import annotations

from flows.sources.rest.auth import Login
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed, Option
from flows.sources.rest.increments import Windows
from flows.sources.rest.paging import ExportJob
from flows.sources.rest.shape import TEXT

_EXPERIENCE = "/beta/employeeExperience/sentiment/experiences/{experience}"
ANSWERS = Endpoint(
    name="answers",
    path="",
    records="",
    shape={**dict.fromkeys(("EMP ID", "Manager ID", "Survey Cycle Completion Date"), TEXT), "questions": {}},
    free="questions",
    feeds=(
        Feed(
            "survey",
            "wide_answers",
            columns={
                "response_id": "{EMP ID}/{Survey Cycle Completion Date}",
                "respondent": "{page.source}:{EMP ID}",
                "answered_at": "Survey Cycle Completion Date",
            },
            datetime_format="%d-%m-%Y %H:%M",
        ),
    ),
    paging=ExportJob(
        start_path=f"{_EXPERIENCE}/exportSurveys",
        poll_path=f"{_EXPERIENCE}/operations/{{job}}",
        file_path=f"{_EXPERIENCE}/operations/{{job}}/file",
        job="jobId",
        file="jobId",
        status="status",
        done=("succeeded",),
        failed=("failed",),
    ),
    increment=Windows("startDate", "endDate", days=30),
    needs="EmployeeExperience.Read.All",
)
CONNECTOR = Connector(
    title="Viva Glint",
    url="https://graph.microsoft.com",
    auth=Login(
        "{login}/{tenant}/oauth2/v2.0/token",
        "access_token",
        body={
            "grant_type": "client_credentials",
            "client_id": "{client}",
            "client_secret": "{secret}",
            "scope": "https://graph.microsoft.com/.default",
        },
        is_form=True,
    ),
    budget=Budget(per_minute=100),
    probe=f"{_EXPERIENCE}",
    endpoints=(ANSWERS,),
    options=(
        Option("experience", "The name of the Glint experience."),
        Option("tenant", "The directory the application is registered in."),
        Option("login", "Where tokens are given.", "https://login.microsoftonline.com"),
    ),
)
