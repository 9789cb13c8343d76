"""A help desk of a few people: its exports and configuration in a folder, and its nights without an orchestrator."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.lake import Lake
from flows.pipeline.night import Night
from flows.pipeline.run import Published, run_night
from flows.settings import Settings, load_settings

NIGHT = dt.date(2026, 3, 31)
KEY = "a key that only this test knows, of good length"

TICKETS = """\
number,opened,solved,state,team,agent,kept
1,2026-03-02 09:00,2026-03-02 12:00,Solved,North,anna,yes
2,2026-03-02 10:00,2026-03-04 12:00,Solved,North,ben,no
3,2026-03-03 11:00,,Active,South,cora,
4,2026-03-05 15:30,2026-03-06 09:00,Solved,South,dora,yes
"""
EVENTS = """\
ticket,when,what,who
1,2026-03-02 09:30,reply,anna
2,2026-03-02 11:00,reply,ben
4,2026-03-05 16:00,reply,dora
"""
THANKS = """\
id,from,to,when
t1,anna,ben,2026-03-04 10:00
t2,cora,dora,2026-03-09 10:00
t3,ben,cora,2026-03-11 10:00
"""
SURVEY = """\
who,when,unit,purpose,fun
anna,2026-03-10,North,5,4
ben,2026-03-10,North,4,
cora,2026-03-11,South,2,3
"""
EXPORTS = {"tickets.csv": TICKETS, "events.csv": EVENTS, "thanks.csv": THANKS, "survey.csv": SURVEY}
CONFIGURATION = """\
[organisation]
name = "Small Desk"

[[source]]
name = "desk"
kind = "tickets"
grain = "snapshot"
path = "tickets.csv"
[source.columns]
ticket_id = "number"
created_at = "opened"
solved_at = "solved"
status = "state"
team = "team"
agent = "agent"
promise_is_kept = "kept"
[source.values.status]
open = ["Active"]
solved = ["Solved"]

[[source]]
name = "desk-events"
kind = "tickets"
grain = "events"
path = "events.csv"
[source.columns]
ticket_id = "ticket"
at = "when"
event_type = "what"
actor = "who"
[source.values.event_type]
public_reply = ["reply"]
[source.constants]
actor_role = "agent"

[[source]]
name = "thanks"
kind = "recognition"
grain = "snapshot"
path = "thanks.csv"
[source.columns]
recognition_id = "id"
giver = "from"
receiver = "to"
at = "when"

[[source]]
name = "pulse"
kind = "survey"
grain = "wide_answers"
audience = "employee"
path = "survey.csv"
[source.columns]
respondent = "who"
answered_at = "when"
team = "unit"
[[source.item]]
column = "purpose"
construct = "why_my_job_matters"
scale = "1-5"
[[source.item]]
column = "fun"
construct = "fun"
scale = "1-5"
"""


@dataclass(frozen=True)
class Desk:
    """The folder of a help desk."""

    folder: Path

    @classmethod
    def opened_in(cls, folder: Path) -> "Desk":
        """A desk in good order."""
        desk = cls(folder)
        for name, content in EXPORTS.items():
            desk.export(name, content)
        desk.configuration.write_text(CONFIGURATION)
        return desk

    @property
    def configuration(self) -> Path:
        return self.folder / "culture-kpis.toml"

    @property
    def lake(self) -> Lake:
        return Lake(self.settings().lake.url)

    def export(self, name: str, content: str | bytes) -> None:
        """Put an export into the folder."""
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def configure(self, old: str, new: str) -> None:
        """Change what the configuration says, which must say `old`."""
        text = self.configuration.read_text()
        assert old in text
        self.configuration.write_text(text.replace(old, new))

    def only(self, *names: str) -> None:
        """Leave only these sources in the configuration."""
        head, *blocks = self.configuration.read_text().split("[[source]]\n")
        kept = [block for block in blocks if tomllib.loads(block)["name"] in names]
        self.configuration.write_text("[[source]]\n".join([head, *kept]))

    def settings(self) -> Settings:
        return load_settings(self.configuration)

    def run(self, night: dt.date = NIGHT) -> Published:
        """One night, as `culture-kpis run` computes it."""
        settings = self.settings()
        return run_night(settings, self.lake, Night.begin(settings, night, "nightly"))

    def fates(self, source: str) -> dict[str, int]:
        """Input rows of a source by fate; fails when they do not add up to what was read."""
        accounting = self.lake.read("meta_row_accounting").filter(pl.col("source") == source)
        pages = self.lake.read("landed_page").filter(pl.col("source") == source, pl.col("is_staged"))
        assert accounting["n_rows"].sum() == pages["n_rows"].sum()
        by_fate = accounting.group_by("fate").agg(pl.col("n_rows").sum()).filter(pl.col("n_rows") > 0)
        return dict(by_fate.iter_rows())

    def quarantined(self, source: str) -> list[tuple[int, str | None, str]]:
        """Quarantined cells of a source as (row, column, reason)."""
        rows = self.lake.read("quarantine").filter(pl.col("source") == source).sort("source_row", "column_name")
        return list(rows.select("source_row", "column_name", "reason").iter_rows())

    def kept_row(self, source: str, row: int) -> str:
        """A quarantined row as it was received, as JSON."""
        rows = self.lake.read("quarantine").filter(pl.col("source") == source, pl.col("source_row") == row)
        return str(rows["raw_json"][0])
