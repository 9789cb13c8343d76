"""What changed in the lake since the last night, and what of it a night must compute again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from flows.errors import StorageError
from flows.lake import Lake, lake_trouble
from flows.pipeline.remembered import Rested, basis, same_witnesses, staged_versions
from transforms.contracts import STAGED
from transforms.facts.context import Context
from transforms.facts.excerpt import OF_TICKETS
from transforms.facts.identities import ALIASES, moves_known_people, one_person
from transforms.facts.times import TIMES
from transforms.facts.touched import Changed, Tables, Touched, touched_since
from transforms.facts.witnesses import witnesses

_ID = "ticket_id"


@dataclass(frozen=True)
class Changes:
    """The staged tables as they were at run `since` and as they are, where they differ, and what the night rests on.

    `before` and `tables` have the same tables, those that hold rows; a person goes by one name in them.
    `shown` are the witnesses (ticket_id) of either night.
    """

    since: str
    before: Tables
    tables: Tables
    shown: pl.DataFrame
    touched: Touched
    rests_on: Rested


def changes_since(lake: Lake, rested: Rested, then: Context, now: Context, run_id: str) -> Changes | None:
    """What run `run_id` finds changed since the night that `rested`; None where every period must be computed again.

    That is so when a calendar, rule, definition or table without a time changed, when a source or team is known since
    earlier or records what it never did, when somebody known goes by another name, or when the lake cannot be read any
    more as it was.
    """
    if basis(lake, now) != rested.basis:
        return None
    try:
        with lake_trouble(lake.location.root):
            as_it_was = {name: _as_it_was(lake, name, rested) for name in STAGED}
            names = [rows.select("alias_key", "person_key") for rows in (as_it_was[ALIASES], lake.scan(ALIASES))]
            old_names, new_names = pl.collect_all(names)
            if moves_known_people(old_names, new_names, as_it_was):
                return None
            before, after = one_person(as_it_was), one_person({name: lake.scan(name) for name in STAGED})
        differing = {name: lake.difference(name, rested.versions.get(name)) for name in TIMES}
        old, new = ({name: rows[night] for name, rows in differing.items()} for night in (0, 1))
        changed = Changed(_by_one_name(old, as_it_was[ALIASES]), _by_one_name(new, lake.scan(ALIASES)))
        with lake_trouble(lake.location.root):
            promises = lake.scan("fct_promise")
            touched = touched_since(changed, before, after, then, now, rested.longest_wait, promises)
    except StorageError:
        return None
    found = _witnesses(rested, changed, after, touched)
    if not same_witnesses(rested.witnesses, found, then.as_of):
        return None
    rests_on = replace(rested, run_id=run_id, run_on=now.run_on, versions=staged_versions(lake), witnesses=found)
    shown = pl.concat([rested.witnesses.select(_ID), found.select(_ID)]).unique()
    # The same on both nights: it is part of what they rest on.
    fed = [name for name in STAGED if lake.holds_rows(name) and name != ALIASES]
    then_fed, now_fed = ({name: night[name] for name in fed} for night in (before, after))
    return Changes(rested.run_id, then_fed, now_fed, shown, touched, rests_on)


def _by_one_name(rows: Mapping[str, pl.DataFrame], aliases: pl.LazyFrame) -> dict[str, pl.DataFrame]:
    """Rows of each table with one pseudonym per person."""
    named = one_person({name: frame.lazy() for name, frame in rows.items()} | {ALIASES: aliases})
    return {name: named[name].collect() for name in rows}


def _as_it_was(lake: Lake, name: str, rested: Rested) -> pl.LazyFrame:
    version = rested.versions.get(name)
    return STAGED[name].create_empty().lazy() if version is None else lake.scan(name, version)


def _witnesses(rested: Rested, changed: Changed, after: Tables, touched: Touched) -> pl.DataFrame:
    """The witnesses now: those known, unless one of them changed, and what changed tickets show for the first time."""
    moved = pl.concat(changed.rows(name).select(_ID) for name in OF_TICKETS).unique().collect()
    if not rested.witnesses.join(moved, on=_ID, how="semi").is_empty():
        return witnesses(after)
    of_moved = {name: rows.join(moved.lazy(), on=_ID, how="semi") for name, rows in touched.rows[1].items()}
    of_moved["person_role"] = after["person_role"]
    known = pl.concat([rested.witnesses, witnesses(of_moved)])
    # Of two, the one known longer: no row that stays may lose its witness.
    return known.sort("first_at", nulls_last=True, maintain_order=True).unique("what", keep="first").sort("what")
