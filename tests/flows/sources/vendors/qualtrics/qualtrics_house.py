"""A house that pulls two surveys from a simulated Qualtrics: configuration, nights, and the truth about both."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.lake import Lake
from flows.pipeline import landing, staging
from flows.pipeline.night import Night
from flows.pipeline.staging import StagedSource
from flows.settings import Settings, load_settings
from tests.flows.sources.vendors.qualtrics.qualtrics_server import Qualtrics
from tests.flows.sources.vendors.qualtrics.qualtrics_world import CUSTOMERS, DIRECTORY, EMPLOYEES, OPENED_AT, Response
from tests.flows.sources.vendors.simulated import VendorServer
from transforms.staging.pseudonyms import pseudonym

KEY = "a key for the people who answer surveys"
FIRST_NIGHT = dt.datetime(2025, 5, 20, 2, tzinfo=dt.UTC)
CUSTOMER_ITEMS = {"nps": ("QID1", 0, 10, False), "csat": ("QID2", 1, 5, False), "effort": ("QID7", 1, 7, True)}
EMPLOYEE_ITEMS = {"matters": ("QID3_1", 1, 5, False), "Q3_2": ("QID3_2", 1, 5, False), "rules": ("QID3_3", 1, 5, True)}
ANSWER = (
    "survey_id",
    "response_id",
    "item_id",
    "respondent_key",
    "answered_at",
    "value",
    "is_not_applicable",
    "org_unit_id",
    "ticket_id",
)
_VOICE = f"""
[[source]]
name = "voice"
connector = "qualtrics"
url = "ADDRESS"
start_on = BEGINS
audience = "customer"
leave_out = ["contacts", "mailings", "invitations"]
[source.options]
survey = "{CUSTOMERS}"
[source.feeds.responses.columns]
team = "team"
ticket_id = "ticket_id"
[[source.item]]
column = "nps"
construct = "recommend"
[[source.item]]
column = "csat"
construct = "satisfied"
[[source.item]]
column = "effort"
construct = "effort"
reverse = true
"""
_PULSE = f"""
[[source]]
name = "pulse"
connector = "qualtrics"
url = "ADDRESS"
start_on = BEGINS
audience = "employee"
[source.options]
survey = "{EMPLOYEES}"
directory = "{DIRECTORY}"
[source.feeds.responses.columns]
team = "team"
[[source.item]]
column = "matters"
construct = "why_my_job_matters"
not_applicable = ["99"]
[[source.item]]
column = "Q3_2"
construct = "heard"
not_applicable = ["99"]
[[source.item]]
column = "rules"
construct = "authority"
reverse = true
not_applicable = ["99"]
"""


@dataclass
class House:
    """A folder with a configuration and a lake, and the server that its sources pull from."""

    folder: Path
    server: VendorServer
    vendor: Qualtrics
    opened_at: dt.datetime = OPENED_AT

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        answered = self.vendor.account.responses
        blocks = "".join(block for survey, block in ((CUSTOMERS, _VOICE), (EMPLOYEES, _PULSE)) if answered[survey])
        text = '[lake]\nurl = "lake"\n[warehouse]\nurl = "duckdb:///warehouse.duckdb"\n' + blocks
        text = text.replace("ADDRESS", self.server.url).replace("BEGINS", str(self.opened_at.date()))
        self.file.write_text(text, encoding="utf-8")

    @property
    def file(self) -> Path:
        """The configuration."""
        return self.folder / "culture-kpis.toml"

    def change(self, old: str, new: str) -> None:
        """Edit the configuration."""
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return load_settings(self.file)

    @property
    def lake(self) -> Lake:
        """The lake."""
        return Lake(self.settings.lake.url)

    def night(self, at: dt.datetime = FIRST_NIGHT) -> dict[str, StagedSource]:
        """Land and stage every source as the vendor's clock says `at`."""
        self.server.ahead = at - dt.datetime.now(dt.UTC)
        settings, lake = self.settings, self.lake
        night = Night(f"night-{at:%Y%m%d%H%M}", "nightly", at.date(), at, at)
        told = {}
        for source in settings.sources:
            landing.land(source, lake, at)
            told[source.name] = staging.stage(source, settings, lake, night, False)
        return told

    def staged(self, table: str) -> list[tuple[object, ...]]:
        """Rows of a staged table without what only says where they came from, sorted."""
        frame = self.lake.read(table).drop("source", "source_page", "source_row", strict=False)
        return sorted((frame.select(ANSWER) if table == "survey_response" else frame).rows(), key=repr)

    def cursors(self, endpoint: str) -> list[tuple[object, ...]]:
        """Where the pull of an endpoint stands: its cursors, without the moment they moved."""
        rows = self.lake.read("source_cursor").filter(pl.col("endpoint") == endpoint)
        return sorted(rows.drop("moved_at").rows(), key=repr)

    def fates(self, source: str) -> dict[str, int]:
        """Input rows by fate and reason, over the newest accounting of every page."""
        rows = self.lake.read("meta_row_accounting").filter(pl.col("source") == source)
        named = rows.with_columns(pl.concat_str("fate", "reason", separator=" ").str.strip_chars().alias("told"))
        return dict(named.group_by("told").agg(pl.col("n_rows").sum()).sort("told").iter_rows())

    def answers(self) -> list[tuple[object, ...]]:
        """The truth about `survey_response`: what the account says, in the order of `ANSWER`."""
        account = self.vendor.account
        voice = account.responses[CUSTOMERS].values(), "voice", CUSTOMER_ITEMS
        pulse = account.responses[EMPLOYEES].values(), "pulse", EMPLOYEE_ITEMS
        rows = [
            row
            for responses, survey, items in (voice, pulse)
            for response in responses
            if counts(response)
            for row in _answers(response, survey, items)
        ]
        return sorted(rows, key=repr)


def counts(response: Response) -> bool:
    """Whether a response counts: finished, and neither a preview nor a test nor spam."""
    return response.is_finished and response.status in (0, 4, 16) and response.channel != "preview"


def person(reference: str) -> str | None:
    """The pseudonym of a person; None for nobody."""
    return pseudonym(reference.lower(), KEY.encode()) if reference else None


def _answers(response: Response, survey: str, items: dict[str, tuple[str, int, int, bool]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for item, (field, lowest, highest, is_reverse) in items.items():
        given = response.answers.get(field)
        if not isinstance(given, int):
            continue
        is_not_applicable = given == 99
        value = None if is_not_applicable else float(lowest + highest - given if is_reverse else given)
        about = response.embedded.get("team"), response.embedded.get("ticket_id")
        who = person(response.reference)
        rows.append((survey, response.response_id, item, who, response.recorded_at, value, is_not_applicable, *about))
    return rows
