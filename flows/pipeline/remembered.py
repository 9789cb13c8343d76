"""What the last night rested on, so that the next one can tell what changed since.

A night is remembered when all of its tables are out. One that dies before leaves the state of the night before it, and
the next one then looks at a few more changes than it must.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass

import polars as pl

from flows.lake import Lake
from flows.lake.upsert import PROVENANCE
from flows.pipeline.version import product_version
from transforms.contracts import STAGED
from transforms.contracts.state import ComputedState
from transforms.facts.context import Context
from transforms.facts.longest_wait import LongestWait
from transforms.kpis.registry import all_kpis
from transforms.moments import moment

# Tables of which every row may matter to every period.
TIMELESS = (
    "org_unit",
    "membership",
    "calendar_slot",
    "calendar_closure",
    "survey_item",
    "initiative",
    "target",
    "macro",
    "eligible_category",
)
# When a table begins decides since when anybody can be active.
_BEGINNINGS = {"recognition": "at", "survey_response": "answered_at", "invitation": "sent_at"}
_VERSION, _TARGETS = "version of ", "numbers that targets name"
_WAITS = ("longest wait, calendar minutes", "longest wait, business minutes")


@dataclass(frozen=True)
class Rested:
    """What a night's numbers rest on beside the rows of single days, and which run it was.

    `basis` is a hash of all that moves every period when it changes; `witnesses` are those of the excerpts;
    `target_values` the numbers targets are judged by.
    """

    run_id: str
    run_on: dt.date
    versions: dict[str, int]
    basis: str
    longest_wait: LongestWait
    witnesses: pl.DataFrame
    target_values: pl.DataFrame


def recall(lake: Lake) -> Rested | None:
    """What the last night rested on; None before the first, and where a state of an earlier version says too little."""
    told = dict(lake.read("computed_state").iter_rows())
    if _TARGETS not in told:
        return None
    return Rested(
        told["run_id"],
        dt.date.fromisoformat(told["run_on"]),
        {name.removeprefix(_VERSION): int(said) for name, said in told.items() if name.startswith(_VERSION)},
        told["basis"],
        LongestWait(*(float(told[name]) for name in _WAITS)),
        lake.read("witness"),
        lake.read("target_value"),
    )


def remember(lake: Lake, rested: Rested) -> None:
    """Write it down; call it when everything is published."""
    told = {
        "run_id": rested.run_id,
        "run_on": rested.run_on.isoformat(),
        "basis": rested.basis,
        _TARGETS: str(rested.target_values.height),
        **dict(zip(_WAITS, map(repr, astuple(rested.longest_wait)), strict=True)),
        **{_VERSION + name: str(version) for name, version in rested.versions.items()},
    }
    lake.replace("witness", rested.witnesses)
    lake.replace("target_value", rested.target_values)
    lake.replace("computed_state", pl.DataFrame(list(told.items()), schema=list(ComputedState.columns()), orient="row"))


def staged_versions(lake: Lake) -> dict[str, int]:
    """The version of each staged table that was ever written."""
    found = {name: lake.version(name) for name in STAGED}
    return {name: version for name, version in found.items() if version is not None}


def basis(lake: Lake, context: Context) -> str:
    """Hash of what moves every period when it changes: calendar, rules, definitions, and tables without a time."""
    slots = context.working_slots.rows()
    rules = (context.timezone, context.holidays, slots, context.minimum_group, context.close_after_days, context.seed)
    definitions = [(one.kpi.id, one.kpi.version) for one in all_kpis()]
    contents = [_content(lake.read(name)) for name in TIMELESS]
    begin = [lake.ask(name, _first(at)).item() for name, at in _BEGINNINGS.items()]
    fed = [lake.holds_rows(name) for name in STAGED]
    told = f"{product_version()} {rules} {definitions} {contents} {begin} {fed}"
    return hashlib.sha256(told.encode()).hexdigest()


def _first(moment: str) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    return lambda rows: rows.select(pl.col(moment).min())


def same_witnesses(then: pl.DataFrame, now: pl.DataFrame, until: dt.datetime) -> bool:
    """Whether both say the same of all tickets before the moment `until`; whoever says it."""

    def told(found: pl.DataFrame) -> pl.DataFrame:
        known = found.filter(pl.col("first_at").is_null() | (pl.col("first_at") < moment(until)))
        return known.select("what", "first_at").sort("what")

    return told(then).equals(told(now))


def _content(frame: pl.DataFrame) -> list[int]:
    return [frame.height, int(frame.drop(PROVENANCE, strict=False).hash_rows().sort().hash().sum() or 0)]
