"""Exports made on request: start the job, ask until it is ready, fetch its file and open it."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from flows.sources.page import FetchedPage
from flows.sources.rest.client import Call, Client
from flows.sources.rest.paging import ExportJob, found
from flows.sources.rest.refusal import refused, unanswered

sleep = time.sleep
_LONGEST_POLL = 30.0  # seconds
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")  # with members, and without any


def exported(
    client: Client, call: Call, job: ExportJob, place: str, filled: Callable[[str, Mapping[str, str]], str]
) -> Iterator[FetchedPage]:
    """The members of the file as pages named `place/member`. A job that was interrupted is simply started again.

    Raises SourceTransientError for a job that fails, does not end in its time or whose file is cut off.
    """
    body = {**job.body, **call.params}
    started = client.send(replace(call, url=filled(job.start_path, {}), params={}, body=body))
    number = found(started.document, job.job)
    if number is None:
        raise refused(client.source, call.what, f'answers without "{job.job}"; its form has changed')
    polled = replace(call, url=filled(job.poll_path, {"job": str(number)}), params={}, body=None)
    name = _ready(client, polled, job)
    fetched = replace(polled, url=filled(job.file_path, {"job": str(number), "file": name}))
    yield from _members(client, replace(fetched, is_json=False), place)


def _ready(client: Client, polled: Call, job: ExportJob) -> str:
    waited, wait = 0.0, job.poll_seconds
    while True:
        document = client.send(polled).document
        status = str(found(document, job.status))
        if status in job.failed:
            raise unanswered(client.source, polled.what, "the export failed at the vendor's")
        if status in job.done:
            return str(found(document, job.file) or "")
        if waited >= job.patience_seconds:
            raise unanswered(client.source, polled.what, f"the export is not ready after {waited:,.0f} s")
        sleep(wait)
        waited += wait
        # A long export is asked about less often.
        wait = min(1.5 * wait, max(job.poll_seconds, _LONGEST_POLL))


def _members(client: Client, fetched: Call, place: str) -> Iterator[FetchedPage]:
    content = client.send(fetched).body
    if not content.startswith(_ARCHIVES):
        yield FetchedPage(f"{place}/export.json", content)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield FetchedPage(f"{place}/{member.replace('/', '_')}", archive.read(member))
    except zipfile.BadZipFile:
        raise unanswered(client.source, fetched.what, "the export's file is cut off or damaged") from None
