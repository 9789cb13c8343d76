"""A company of two teams, small enough to run its nights dozens of times: five exports and a configuration.

Two deliveries: `deliver_first` is what the exports held on the first night, `deliver_second` what they hold a week
later: changed tickets in a page that was there before, a new page, and more rows everywhere else.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from transforms.texts import filled

FIRST_NIGHT, SECOND_NIGHT = dt.date(2025, 7, 12), dt.date(2025, 7, 19)
KEY = "a key for the people of a small company"
TEAMS = ("north", "south")
PEOPLE_PER_TEAM = 7  # the first of each manages, the others work on tickets
_PEOPLE = [(f"{team}-{number}", team) for team in TEAMS for number in range(PEOPLE_PER_TEAM)]
_FIRST_DAY = dt.datetime(2025, 1, 1, 9, tzinfo=dt.UTC)
_TICKETS_PER_DAY = 4
_CONFIGURATION = """
[organisation]
name = "Small company"
[warehouse]
url = "duckdb:///warehouse.duckdb"
[lake]
url = "lake"
[[source]]
name = "units"
kind = "organisation"
grain = "org_units"
path = "exports/units.csv"
[source.columns]
org_unit_id = "unit"
org_unit_name = "name"
parent = "parent"
office = "office"
[[source]]
name = "members"
kind = "organisation"
grain = "memberships"
path = "exports/members.csv"
datetime_format = "%Y-%m-%d"
[source.columns]
person = "person"
team = "team"
valid_from_on = "since"
manager = "manager"
[[source]]
name = "tickets"
kind = "tickets"
grain = "event_log"
path = "exports/log_*.csv"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
ticket_id = "number"
at = "at"
sequence = "step"
created_at = "opened"
solved_at = "resolved"
status = "state"
team = "team"
agent = "agent"
requester = "caller"
reopen_count = "reopens"
promise_is_kept = "made_sla"
[source.values.status]
new = ["New"]
open = ["Active"]
solved = ["Resolved"]
[source.constants]
promise_metric = "resolution"
[[source]]
name = "thanks"
kind = "recognition"
grain = "snapshot"
path = "exports/thanks.csv"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
recognition_id = "id"
at = "at"
giver = "giver"
receiver = "receiver"
message = "message"
[[source]]
name = "pulse"
kind = "survey"
audience = "employee"
grain = "wide_answers"
path = "exports/pulse.csv"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
response_id = "response"
answered_at = "at"
respondent = "person"
team = "team"
[[source.item]]
column = "why"
construct = "why_my_job_matters"
scale = "1-5"
[[source.item]]
column = "heard"
construct = "heard"
scale = "1-5"
"""


def deliver_first(folder: Path) -> Path:
    """Write the configuration and the exports of the first night; returns the configuration's path."""
    (folder / "exports").mkdir(parents=True)
    configuration = folder / "culture-kpis.toml"
    configuration.write_text(_CONFIGURATION.lstrip(), encoding="utf-8")
    deliver(folder, last_on=dt.date(2025, 6, 30), thanks=300, answered=12, is_corrected=False)
    return configuration


def deliver_second(folder: Path) -> None:
    """Overwrite the exports with those of the second night."""
    deliver(folder, last_on=dt.date(2025, 7, 11), thanks=340, answered=14, is_corrected=True)


def ticket_log(last_on: dt.date, *, is_corrected: bool) -> pl.DataFrame:
    """Updates of four tickets a day; every third breaks its promise, every seventh is reopened.

    Corrected, each agent has a ticket of May that was reopened and broke its promise after all.
    """
    days = (last_on - _FIRST_DAY.date()).days + 1
    k = pl.col("k")
    in_may = pl.col("opened").dt.date().is_between(dt.date(2025, 5, 12), dt.date(2025, 5, 14)) & pl.lit(is_corrected)
    tickets = pl.LazyFrame({"k": range(days * _TICKETS_PER_DAY)}).with_columns(
        filled("T{}", k.cast(pl.String).str.zfill(5)).alias("number"),
        (pl.lit(_FIRST_DAY) + pl.duration(days=k // _TICKETS_PER_DAY, minutes=7 * (k % 60))).alias("opened"),
        pl.when(k % 2 == 0).then(pl.lit(TEAMS[0])).otherwise(pl.lit(TEAMS[1])).alias("team"),
        (1 + (k // 2) % (PEOPLE_PER_TEAM - 1)).alias("place"),
    )
    tickets = tickets.with_columns(
        filled("{}-{}", "team", "place").alias("agent"),
        filled("caller-{}", k % 40).alias("caller"),
        ((k % 7 == 0) | in_may).alias("is_reopened"),
        pl.when((k % 3 == 0) | in_may).then(pl.lit("false")).otherwise(pl.lit("true")).alias("made_sla"),
    )
    steps = pl.LazyFrame({"step": range(5), "state": ["New", "Active", "Resolved", "Active", "Resolved"]})
    return (
        tickets.join(steps, how="cross")
        .filter((pl.col("step") < 3) | "is_reopened")
        .with_columns((pl.col("opened") + pl.duration(hours=pl.col("step") * (1 + k % 5))).alias("at"))
        .with_columns(pl.col("at").last().over("number").alias("resolved"), (pl.col("step") // 3).alias("reopens"))
        .sort("k", "step")
        .collect()
    )


def deliver(folder: Path, *, last_on: dt.date, thanks: int, answered: int, is_corrected: bool) -> None:
    """Write exports with tickets up to a day, so many recognitions, and answers of so many people to each survey."""
    log = ticket_log(last_on, is_corrected=is_corrected)
    columns = ["number", "at", "step", "opened", "resolved", "state", "team", "agent", "caller", "reopens", "made_sla"]
    for (quarter,), page in log.group_by(pl.col("opened").dt.quarter(), maintain_order=True):
        unknown_state = page.head(1).with_columns(pl.lit("Exploded").alias("state"), pl.lit(99).alias("step"))
        rows = [page, page.tail(2), unknown_state.cast(dict(page.schema))]
        _csv(folder, f"log_2025q{quarter}.csv", pl.concat(rows).select(columns))
    units = [
        ("company", "The company", "", ""),
        ("north", "North", "company", "front"),
        ("south", "", "company", "back"),
    ]
    named = [(unit, name or ("The South" if is_corrected else "South"), *rest) for unit, name, *rest in units]
    _csv(folder, "units.csv", _rows(["unit", "name", "parent", "office"], [*named, named[-1]]))
    people = [*_PEOPLE, *([("north-new", "north")] if is_corrected else [])]
    members = [(person, team, "2024-01-01", f"{team}-0" if person != f"{team}-0" else "") for person, team in people]
    broken = ("south-lost", "south", "long ago", "south-0")
    _csv(folder, "members.csv", _rows(["person", "team", "since", "manager"], [*members, broken]))
    _csv(folder, "thanks.csv", _rows(["id", "at", "giver", "receiver", "message"], _thanks(thanks)))
    answers = [
        (f"{person}/{day}", f"2025-{day} 10:00:00", person, team, 1 + (place * 3) % 5, 1 + (place * 2) % 5)
        for day in ("03-10", "06-10")
        for place, (person, team) in enumerate(_PEOPLE[:answered])
    ]
    off_scale = ("odd", "2025-06-11 10:00:00", "south-1", "south", 9, 3)
    _csv(folder, "pulse.csv", _rows(["response", "at", "person", "team", "why", "heard"], [*answers, off_scale]))


def _thanks(count: int) -> list[tuple[str, str, str, str, str]]:
    """Every colleague thanks the next ones in turn; the last row repeats the first, one comes from the future."""
    rows = []
    for number in range(count):
        at = _FIRST_DAY + dt.timedelta(hours=14 * number)
        giver, receiver = _PEOPLE[number % 14][0], _PEOPLE[(number * 5 + 1) % 14][0]
        if giver != receiver:
            rows.append((f"R{number:04}", f"{at:%Y-%m-%d %H:%M:%S}", giver, receiver, f"thank you, number {number}"))
    return [*rows, rows[0], ("R9999", "someday", "north-1", "south-1", "a day nobody knows")]


def _rows(columns: list[str], rows: list[tuple[object, ...]] | list[tuple[str, str, str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame([tuple(map(str, row)) for row in rows], schema=dict.fromkeys(columns, pl.String), orient="row")


def _csv(folder: Path, name: str, frame: pl.DataFrame) -> None:
    frame.write_csv(folder / "exports" / name, datetime_format="%Y-%m-%d %H:%M:%S")
