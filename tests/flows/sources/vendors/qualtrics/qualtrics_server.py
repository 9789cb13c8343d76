"""How a simulated Qualtrics answers requests: response export jobs, survey definitions, distributions, contacts."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.flows.sources.vendors.qualtrics.qualtrics_world import Account, Distribution, Invited, Response
from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer

TOKEN = "qualtrics-secret-81c44a"
_API = "/API/v3"
# What the vendor refuses together with `format = "json"`.
_NOT_WITH_JSON = {"useLabels", "timeZone", "seenUnansweredRecode", "formatDecimalAsComma", "breakoutSets"}
Body = dict[str, object]


@dataclass
class Job:
    """One export job: its file as it was when the job was started, and at which request that was."""

    survey_id: str
    content: bytes
    started_at: int
    is_failed: bool = False


@dataclass
class Qualtrics:
    """The account behind an interface. `job_takes`: so many later requests, None for more than anybody waits for.

    `failing_jobs`: so many of the next jobs fail. `cut_files`: so many of the next files end early. `jobs_at_once`:
    more than these running at once are refused with 429. `forgets_jobs`: every look at a job gives 404.
    """

    account: Account
    page_size: int = 100
    job_takes: int | None = 2
    jobs_at_once: int = 3
    failing_jobs: int = 0
    cut_files: int = 0
    forgets_jobs: bool = False
    jobs: dict[str, Job] = field(default_factory=dict)
    n_requests: int = 0

    def serve(self) -> VendorServer:
        """A server of the account, as it is at the moment of each request."""
        return VendorServer(self._answer, refuses=lambda headers: headers.get("x-api-token") != TOKEN)

    def _answer(self, asked: Asked) -> Told:
        self.n_requests += 1
        path = asked.path
        body: Body = json.loads(asked.body) if asked.body else {}
        steps = path.removeprefix(_API).strip("/").split("/")
        if not path.startswith(_API):
            return _refused(404, "NOT_FOUND", "No such path.")
        match asked.method, *steps:
            case "GET", "whoami":
                return _result({"brandId": "example", "userId": "UR_example", "userName": "pipeline"})
            case "GET", "survey-definitions", survey if survey in self.account.definitions:
                return _result(self.account.definitions[survey])
            case "POST", "surveys", survey, "export-responses" if survey in self.account.responses:
                return self._start(survey, body)
            case "GET", "surveys", survey, "export-responses", job:
                return self._look(survey, job)
            case "GET", "surveys", survey, "export-responses", file, "file":
                return self._file(survey, file)
            case "GET", "distributions":
                found = [one for one in self.account.distributions if _is_listed(one, asked.params)]
                return self._page(asked, [_distribution(each) for each in found])
            case "GET", "distributions", distribution, "history":
                lists = [each.history for each in self.account.distributions if each.distribution_id == distribution]
                lines = [_history(line, distribution) for line in lists[0]] if lists else []
                return self._page(asked, lines) if lists else _refused(404, "EDCI_1", "No such distribution.")
            case "GET", "directories", _, "contacts":
                contacts = [
                    {"contactId": one.contact_id, "email": one.email, "extRef": one.reference, "unsubscribed": False}
                    for one in self.account.contacts
                ]
                return self._page(asked, contacts)
        return _refused(404, "NOT_FOUND", "The requested resource does not exist.")

    def _start(self, survey: str, body: Body) -> Told:
        wrong = _NOT_WITH_JSON & body.keys() if body.get("format") in ("json", "ndjson") else {"format"}
        if wrong:
            return _refused(400, "RP_0.1", f"Invalid request: {', '.join(sorted(wrong))}")
        running = [job for job in self.jobs.values() if not job.is_failed and not self._is_done(job)]
        if len(running) >= self.jobs_at_once:
            return _refused(429, "RL_1", "Too many concurrent exports.")
        records = [_record(response, body) for response in _selected(self.account.responses[survey].values(), body)]
        content = json.dumps({"responses": records}).encode()
        if body["format"] == "ndjson":
            content = "".join(json.dumps(record) + "\n" for record in records).encode()
        progress = f"ES_{len(self.jobs) + 1:015}"
        self.jobs[progress] = Job(survey, content, self.n_requests, is_failed=self.failing_jobs > 0)
        self.failing_jobs = max(0, self.failing_jobs - 1)
        return _result({"progressId": progress, "percentComplete": 0.0, "status": "inProgress"})

    def _is_done(self, job: Job) -> bool:
        return self.job_takes is not None and self.n_requests - job.started_at >= self.job_takes

    def _look(self, survey: str, progress: str) -> Told:
        job = self.jobs.get(progress)
        if job is None or job.survey_id != survey or self.forgets_jobs:
            return _refused(404, "RE_1", "The export job does not exist.")
        if job.is_failed:
            # A failed job may say 100 per cent.
            return _result({"fileId": None, "percentComplete": 100.0, "status": "failed"})
        if not self._is_done(job):
            return _result({"fileId": None, "percentComplete": 50.0, "status": "inProgress"})
        return _result({"fileId": f"{progress}-def", "percentComplete": 100.0, "status": "complete"})

    def _file(self, survey: str, file: str) -> Told:
        job = self.jobs.get(file.removesuffix("-def"))
        if job is None or job.survey_id != survey or not self._is_done(job):
            return _refused(404, "RE_2", "The file does not exist.")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{self.account.definitions[survey]['SurveyName']}.json", job.content)
        content = packed.getvalue()
        if self.cut_files:
            self.cut_files -= 1
            content = content[: len(content) // 2]
        return Told(content, headers={"Content-Type": "application/zip"})

    def _page(self, asked: Asked, elements: list[dict[str, object]]) -> Told:
        start = int(asked.params.get("skipToken", 0))
        end = start + self.page_size
        address = f"http://{asked.headers['host']}{asked.path}?{urlencode({**asked.params, 'skipToken': str(end)})}"
        following = address if end < len(elements) else None
        return _result({"elements": elements[start:end], "nextPage": following})


def _result(result: object) -> Told:
    return Told.json({"result": result, "meta": {"httpStatus": "200 - OK", "requestId": "request"}})


def _refused(status: int, code: str, message: str) -> Told:
    error = {"errorCode": code, "errorMessage": message}
    return Told.json({"meta": {"httpStatus": f"{status}", "requestId": "request", "error": error}}, status)


def _selected(responses: Iterable[Response], body: Body) -> list[Response]:
    """Responses from `startDate` to before `endDate`, by the time recorded, or by that of the last change."""
    by_change = body.get("sortByLastModifiedDate") is True
    moment: Callable[[Response], dt.datetime] = lambda one: one.modified_at if by_change else one.recorded_at  # noqa: E731
    start = dt.datetime.fromisoformat(str(body.get("startDate", "1970-01-01T00:00:00Z")))
    end = dt.datetime.fromisoformat(str(body.get("endDate", "2100-01-01T00:00:00Z")))
    return sorted((one for one in responses if start <= moment(one) < end), key=moment)


def _record(response: Response, body: Body) -> dict[str, object]:
    """A response as the export writes it: every field flat in `values`, narrowed to what was asked for."""
    metadata: dict[str, object] = {
        "startDate": _text(response.recorded_at - dt.timedelta(minutes=4)),
        "endDate": _text(response.recorded_at),
        "status": response.status,
        "ipAddress": "192.0.2.7",
        "progress": 100 if response.is_finished else 60,
        "duration": 240,
        "finished": int(response.is_finished),
        "recordedDate": _text(response.recorded_at),
        "_recordId": response.response_id,
        "recipientEmail": response.email,
        "externalDataReference": response.reference,
        "distributionChannel": response.channel,
        "userLanguage": "EN",
    }
    answers = {name: value for name, value in response.answers.items() if _is_asked(name, body.get("questionIds"))}
    values = {
        **_narrowed(metadata, body.get("surveyMetadataIds")),
        **_narrowed(dict(response.embedded), body.get("embeddedDataIds")),
        **answers,
    }
    if body.get("sortByLastModifiedDate") is True:
        values["lastModifiedDate"] = _text(response.modified_at)
    return {
        "responseId": response.response_id,
        "values": {name: value for name, value in values.items() if value != ""},
        "labels": {"finished": str(response.is_finished), "status": "IP Address"},
        "displayedFields": sorted(answers),
        "displayedValues": {},
    }


def _narrowed(values: dict[str, object], names: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if names is None or name in names}  # type: ignore[operator]


def _is_asked(name: str, questions: object) -> bool:
    return questions is None or name.partition("_")[0] in questions  # type: ignore[operator]


def _is_listed(one: Distribution, query: Mapping[str, str]) -> bool:
    start, end = query.get("sendStartDate", "0"), query.get("sendEndDate", "9")
    return one.survey_id == query.get("surveyId") and start <= _text(one.sent_at) < end


def _distribution(one: Distribution) -> dict[str, object]:
    return {
        "id": one.distribution_id,
        "parentDistributionId": None,
        "requestType": one.kind,
        "requestStatus": "Done",
        "sendDate": _text(one.sent_at),
        "createdDate": _text(one.sent_at),
        "modifiedDate": _text(one.modified_at),
        "surveyLink": {"surveyId": one.survey_id, "expirationDate": None, "linkType": "Individual"},
        "stats": {"sent": len(one.history)},
    }


def _history(line: Invited, distribution: str) -> dict[str, object]:
    return {
        "contactId": line.contact_id,
        "contactLookupId": line.contact_id.replace("CID", "CGC"),
        "distributionId": distribution,
        "status": line.status,
        "surveyLink": "https://example.invalid/jfe/form/SV",
        "contactFrequencyRuleId": None,
        "responseId": line.response_id,
        "responseCompletedAt": _maybe(line.completed_at),
        "sentAt": _maybe(line.sent_at),
        "openedAt": _maybe(line.opened_at),
        "responseStartedAt": _maybe(line.started_at),
        "surveySessionId": None,
    }


def _maybe(at: dt.datetime | None) -> str | None:
    return _text(at) if at else None


def _text(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
