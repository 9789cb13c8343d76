"""Four real exports: every input row has one fate, and the published figures come out of the staged rows."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.contracts.state import RowFate
from transforms.contracts.tickets import DONE_STATUSES
from transforms.staging.mapping import SourceMapping
from transforms.staging.stage import PageReference, StagedPage, stage_page

REAL = Path(__file__).resolve().parents[3] / "../shared/data"
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real data sets are not beside the repository"),
]

SERVICENOW = {
    "name": "servicenow",
    "kind": "tickets",
    "grain": "event_log",
    "datetime_format": "%d/%m/%Y %H:%M",
    "null_values": ["?"],
    "columns": {
        "ticket_id": "number",
        "at": "sys_updated_at",
        "sequence": "sys_mod_count",
        "created_at": "opened_at",
        "solved_at": "resolved_at",
        "closed_at": "closed_at",
        "status": "incident_state",
        "priority": "priority",
        "channel": "contact_type",
        "category": "category",
        "team": "assignment_group",
        "requester": "caller_id",
        "agent": "assigned_to",
        "reopen_count": "reopen_count",
        "reassignment_count": "reassignment_count",
        "promise_is_kept": "made_sla",
    },
    "values": {
        "status": {
            "new": ["New"],
            "open": ["Active"],
            "pending": ["Awaiting User Info", "Awaiting Evidence"],
            "on_hold": ["Awaiting Vendor", "Awaiting Problem"],
            "solved": ["Resolved"],
            "closed": ["Closed"],
        },
        "priority": {
            "urgent": ["1 - Critical"],
            "high": ["2 - High"],
            "normal": ["3 - Moderate"],
            "low": ["4 - Low"],
        },
    },
}
PIERCE = {
    "name": "pierce",
    "kind": "survey",
    "grain": "long_answers",
    "audience": "employee",
    "one_answer_per_person_and_item": True,
    "columns": {"question": "Question", "answer": "Response", "response_id": "Response ID", "team": "Department"},
    "constants": {"answered_at": "2018-06-01"},
    "item": [
        {"question": question, "scale": "1-4", "not_applicable": ["0"], "item_id": f"q{number}"}
        for number, question in enumerate(
            (
                "1. I know what is expected of me at work",
                "2. At work, I have the opportunity to do what I do best every day",
                "3. In the last seven days, I have received recognition or praise for doing good work",
                "4. My supervisor, or someone at work, seems to care about me as a person",
                "5. The mission or purpose of our organization makes me feel my job is important",
                "6. I have a best friend at work",
                [
                    "7. This last year, I have had opportunities at work to learn and grow",
                    "7. This last year, I have had opportunities at work to learn & grow",
                ],
                "8. My supervisor holds employees accountable for performance",
                "9. My department is inclusive and demonstrates support of a diverse workforce",
                "10. Overall I am satisfied with my job",
            ),
            start=1,
        )
    ],
}
SFO = {
    "name": "sfo",
    "kind": "survey",
    "grain": "wide_answers",
    "audience": "customer",
    "columns": {
        "response_id": "RESPNUM",
        "respondent": "RESPNUM",
        "team": "AIRLINE",
        "answered_at": "2017-05-{INTDATE}",
    },
    "item": [
        {"column": "NETPRO", "scale": "0-10", "construct": "recommend", "null_values": ["11"]},
        {"column": "Q7ALL", "scale": "1-5", "not_applicable": ["6"], "null_values": ["0", "Blank"]},
    ],
}
UBOOT = {
    "name": "uboot",
    "kind": "recognition",
    "grain": "snapshot",
    "columns": {
        "recognition_id": "event_id",
        "at": "author_date",
        "giver": "giver_id",
        "receiver": "receiver_id",
        "giver_team": "giver_domain",
        "receiver_team": "receiver_domain",
        "tags": ["trailer", "release"],
    },
}


def _staged(raw: pl.DataFrame, mapping: dict[str, Any]) -> StagedPage:
    page = stage_page(raw, PageReference("0" * 16, "real"), SourceMapping.model_validate(mapping), b"a key for tests")
    for name, frame in page.tables.items():
        STAGED[name].validate(frame)
    RowFate.validate(page.fates)
    return page


def _csv(name: str) -> pl.DataFrame:
    return pl.read_csv(REAL / name, infer_schema=False)


def _reasons(page: StagedPage) -> dict[tuple[str, str], int]:
    counts = page.fates.group_by("fate", "reason").len()
    return {(fate, reason): rows for fate, reason, rows in counts.iter_rows()}


def _rows_used(page: StagedPage) -> int:
    return pl.concat([frame.select("source_row") for frame in page.tables.values()])["source_row"].n_unique()


@pytest.fixture(scope="module")
def servicenow() -> StagedPage:
    with zipfile.ZipFile(REAL / "tickets_servicenow/incident_event_log.zip") as archive:
        raw = pl.read_csv(io.BytesIO(archive.read("incident_event_log.csv")), infer_schema=False)
    return _staged(raw, SERVICENOW)


@pytest.fixture(scope="module")
def pierce() -> StagedPage:
    return _staged(_csv("employee_survey_pierce/responses.csv.gz"), PIERCE)


@pytest.fixture(scope="module")
def sfo() -> StagedPage:
    return _staged(_csv("customer_survey_sfo/2017.csv.gz"), SFO)


@pytest.fixture(scope="module")
def uboot() -> StagedPage:
    return _staged(_csv("recognition_uboot/credits.csv.gz"), UBOOT)


def test_servicenow_loses_five_rows_and_no_incident(servicenow: StagedPage) -> None:
    assert servicenow.n_rows == 141_712
    assert _reasons(servicenow) == {("quarantined", "unknown_value"): 5}
    assert set(servicenow.fates["column_name"]) == {"incident_state"}
    assert servicenow.tables["ticket"].height == 24_918


def test_servicenow_promises_are_those_of_the_last_row(servicenow: StagedPage) -> None:
    promise = servicenow.tables["promise"]

    assert promise["is_kept"].sum() == 15_803
    assert promise.height == 24_918
    moved = promise.join(servicenow.tables["ticket"].select("ticket_id", "reassignment_count"), on="ticket_id")
    kept = moved.group_by(pl.col("reassignment_count").clip(0, 5)).agg(pl.col("is_kept").mean().round(2))
    assert kept.sort("reassignment_count")["is_kept"].to_list() == [0.78, 0.57, 0.40, 0.33, 0.25, 0.14]


def test_servicenow_counts_and_durations(servicenow: StagedPage) -> None:
    ticket = servicenow.tables["ticket"]
    closed_days = (pl.col("closed_at") - pl.col("created_at")).dt.total_seconds() / 86_400
    solved_days = (pl.col("solved_at") - pl.col("created_at")).dt.total_seconds() / 86_400
    timer = (pl.col("closed_at") - pl.col("solved_at")).dt.total_seconds() / 86_400

    assert (ticket["reopen_count"] > 0).sum() == 275
    assert ticket["reassignment_count"].mean() == pytest.approx(0.93964, abs=5e-6)
    assert ticket.select(closed_days.mean()).item() == pytest.approx(13.1387, abs=5e-5)
    assert ticket.select(closed_days.median()).item() == pytest.approx(6.0778, abs=5e-5)
    assert ticket["solved_at"].count() == 23_362
    assert ticket.select(solved_days.mean()).item() == pytest.approx(7.4238, abs=5e-5)
    assert ticket.select(solved_days.median()).item() == pytest.approx(0.9208, abs=5e-5)
    assert ticket.select((timer.round(1) == 5.0).sum()).item() == 20_079


def test_servicenow_reopens_seen_in_the_events(servicenow: StagedPage) -> None:
    status = servicenow.tables["ticket_event"].filter(event_type="status").sort("ticket_id", "at", "sequence")
    was_done = pl.col("value").shift(1).over("ticket_id").is_in(DONE_STATUSES)
    back = status.filter(was_done & ~pl.col("value").is_in(DONE_STATUSES))

    assert back["ticket_id"].n_unique() == 276


def test_pierce_rows_without_an_answer_are_counted(pierce: StagedPage) -> None:
    assert pierce.n_rows == 14_725
    assert _reasons(pierce) == {("superseded", "exact_duplicate"): 15, ("unanswered", "blank_answer"): 135}
    assert pierce.tables["survey_response"].height == _rows_used(pierce) == 14_575


def test_pierce_answers(pierce: StagedPage) -> None:
    answers = pierce.tables["survey_response"].filter(~pl.col("is_not_applicable"))
    first, third = answers.filter(item_id="q1")["value"], answers.filter(item_id="q3")["value"]

    assert [(first == point).sum() for point in (1, 2, 3, 4)] == [25, 82, 495, 846]
    assert first.mean() == pytest.approx(3.4931, abs=5e-5)
    assert (first >= 3).mean() == pytest.approx(0.9261, abs=5e-5)
    assert third.len() == 1_423
    assert (third >= 3).mean() == pytest.approx(0.6521, abs=5e-5)
    assert answers["item_id"].n_unique() == 10
    assert pierce.tables["survey_response"]["respondent_key"].is_null().all()


def test_sfo_answers(sfo: StagedPage) -> None:
    answers = sfo.tables["survey_response"]
    recommend = answers.filter(item_id="NETPRO")["value"]
    overall = answers.filter(pl.col("item_id") == "Q7ALL", ~pl.col("is_not_applicable"))["value"]

    assert sfo.n_rows == 2_831
    assert _rows_used(sfo) + sfo.fates.height == 2_831
    assert set(_reasons(sfo)) == {("unanswered", "blank_answer")}
    assert (recommend.len(), (recommend >= 9).sum(), (recommend <= 6).sum()) == (2_746, 1_436, 342)
    assert overall.len() == 2_688
    assert (overall >= 4).mean() == pytest.approx(0.8207, abs=5e-5)
    assert overall.mean() == pytest.approx(4.0644, abs=5e-5)
    assert answers["answered_at"].dt.day().is_between(5, 30).all()


def test_uboot_credits_to_oneself_are_staged(uboot: StagedPage) -> None:
    credit = uboot.tables["recognition"]

    assert uboot.n_rows == credit.height == _rows_used(uboot) == 55_984
    assert uboot.fates.is_empty()
    assert (credit["giver_key"] == credit["receiver_key"]).sum() == 383
    assert (credit["tags"].list.len() == 1).sum() == 55


def test_uboot_reviews_equal_the_published_totals(uboot: StagedPage) -> None:
    published = _csv("recognition_uboot/published_release_totals.csv").filter(
        pl.col("reviews_equal") == "true", pl.col("table").str.contains("reviews")
    )
    reviews = uboot.tables["recognition"].filter(pl.col("tags").list.first() == "reviewed-by")
    by_release = reviews.group_by(pl.col("tags").list.last().alias("release")).len()

    assert by_release.filter(release="v2023.01")["len"].to_list() == [769]
    compared = published.join(by_release, on="release", how="left")
    assert compared.height > 0
    assert compared["table_total"].cast(pl.Int64).to_list() == compared["len"].to_list()
