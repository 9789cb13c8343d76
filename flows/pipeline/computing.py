"""From staged tables to numbers that may be shown: facts, the selected KPIs, disclosure, beside what is remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from flows.boundaries import passed
from flows.errors import ConfigurationError
from flows.lake import Lake, lake_trouble
from flows.pipeline.changes import Changes, changes_since
from flows.pipeline.differing import differing_since
from flows.pipeline.night import Night
from flows.pipeline.remembered import Rested, basis, recall, staged_versions
from flows.pipeline.tables import marts_of, restricted_beside, restricted_of
from flows.settings import Settings
from sql.changed_rows import Load
from transforms.contracts import STAGED
from transforms.contracts.results import CELL_KEY, KpiCell
from transforms.contracts.state import KnownSignal
from transforms.disclosure import Disclosure, disclose
from transforms.facts import Context, Facts
from transforms.facts.excerpt import Span, excerpt, merged, of_tickets
from transforms.facts.longest_wait import longest_wait
from transforms.facts.org_tree import TreeError
from transforms.facts.ticket_history import in_codes, in_texts
from transforms.facts.witnesses import witnesses
from transforms.kpis.affected import affected, ticket_spans
from transforms.kpis.compute import KpiResult, compute, missing_needs
from transforms.kpis.registry import all_kpis, kpi
from transforms.kpis.selection import Selection
from transforms.kpis.target_values import beside_remembered, named_by_targets, told_by
from transforms.marts.kpi_signal import signals_beside
from transforms.texts import filled

# How much larger an excerpt may become by serving one more KPI.
_SHARED_UP_TO = 2

# Read anew by each of the few facts that rest on them: held all night they take as much memory as half of the facts.
SCANNED = ("ticket_event", "promise_event", "promise")


@dataclass(frozen=True)
class Computed:
    """The tables of one run before gate 2, and what must be remembered in the lake when they are published.

    `signals` (KnownSignal) are what the next night need not judge again.
    `rests_on` is what the next night compares with; None for a backfill, which does not compute all that changed.
    """

    marts: dict[str, pl.DataFrame]
    restricted: Mapping[str, Load]
    disclosed: Disclosure
    signals: pl.DataFrame
    rests_on: Rested | None = None


def facts_of(settings: Settings, lake: Lake, run_on: dt.date) -> Facts:
    """The facts of a night, from the staged tables that hold rows; raises ConfigurationError when there are none."""
    tables = dict(_staged(lake))
    if not tables:
        raise ConfigurationError("no rows are staged: configure a [[source]] and run `culture-kpis sources check`")
    facts = Facts(tables, settings.context(run_on))
    with lake_trouble(lake.location.root):
        facts.derive_from_large_tables()
    return facts


def _staged(lake: Lake) -> Iterator[tuple[str, pl.LazyFrame]]:
    for name in STAGED:
        if name in SCANNED:
            if lake.holds_rows(name):
                yield name, in_texts(in_codes(lake.scan(name)))
        elif not (rows := lake.read(name)).is_empty():
            yield name, rows.lazy()


def compute_night(settings: Settings, lake: Lake, night: Night, full: bool = False) -> Computed:
    """Every KPI as known on the night, disclosed; with `full` nothing is taken over from the night before.

    Raises ConfigurationError when the organisation's units form a circle.
    """
    rested = None if full else recall(lake)
    if rested and rested.run_on <= night.run_on:
        then, now = settings.context(rested.run_on), settings.context(night.run_on)
        changes = changes_since(lake, rested, then, now, night.run_id)
        if changes:
            # On excerpts, which are small, the streaming engine takes up to four times the CPU time of this one.
            with pl.Config(engine_affinity="in-memory"):
                return _compute_changes(settings, lake, night, changes, then)
    return _compute_everything(settings, lake, night)


def _compute_everything(settings: Settings, lake: Lake, night: Night) -> Computed:
    facts = facts_of(settings, lake, night.run_on)
    selection = Selection.everything(all_kpis())
    results, restricted = compute_selected(facts, selection), restricted_of(facts)
    rests_on = Rested(
        night.run_id,
        night.run_on,
        staged_versions(lake),
        basis(lake, facts.context),
        longest_wait(facts),
        witnesses({name: facts.table(name) for name in STAGED}),
        told_by(results, named_by_targets(facts)),
    )
    # Disclosure takes as much memory again, and none of them.
    facts.release()
    computed = assemble(settings, lake, night, facts, results, selection, restricted)
    return replace(computed, rests_on=rests_on)


def _compute_changes(settings: Settings, lake: Lake, night: Night, changes: Changes, then: Context) -> Computed:
    """The affected parts only, from an excerpt of the tickets; everything else as it is remembered."""
    now = settings.context(night.run_on)
    fed = changes.tables
    facts = Facts(fed, now)
    days = [day for touched in changes.touched.days.values() for day in touched]
    earliest = lake.ask("published_kpi_value", lambda rows: rows.select(pl.col("period_start").min())).to_series()
    first_on = min([*days, *earliest.drop_nulls(), night.run_on])
    unfed = [one.kpi.id for one in all_kpis() if missing_needs(one.kpi, facts)]
    differing = differing_since(changes, facts, then, first_on)
    selection = affected(all_kpis(), changes.touched, then, now, first_on=first_on, whole=unfed, differing=differing)
    judging = {kpi_id for kpi_id in selection.kpi_ids if kpi(kpi_id).kpi.sees_tickets_in_numbers}
    results = [
        result
        for of_kpis, kpi_ids in _facts_by_kpi(facts, fed, selection, selection.kpi_ids - judging, changes)
        for result in compute_selected(of_kpis, selection, kpi_ids)
    ]
    values = beside_remembered(told_by(results, named_by_targets(facts)), changes.rests_on.target_values, selection)
    results += compute_selected(facts.with_target_values(values), selection, sorted(judging))
    of_touched = Facts(of_tickets(fed, changes.touched.tickets, changes.rests_on.witnesses), now)
    passed("affected parts computed")
    restricted = restricted_beside(lake, of_touched, facts, changes.touched, changes.since)
    known = lake.read("known_signal")
    computed = assemble(settings, lake, night, facts, results, selection, restricted, known=known)
    waits = changes.rests_on.longest_wait.or_longer(longest_wait(of_touched))
    return replace(computed, rests_on=replace(changes.rests_on, longest_wait=waits, target_values=values))


def _facts_by_kpi(
    facts: Facts, fed: Mapping[str, pl.LazyFrame], selection: Selection, wanted: frozenset[str], changes: Changes
) -> Iterator[tuple[Facts, list[str]]]:
    """The facts each of the KPIs `wanted` is computed from. `facts` rest on everything, which only small tables bear.

    KPIs of tickets take an excerpt of the days they look at. Facts cost about as much as all KPIs made of them, so KPIs
    share one unless it would be much larger than what the nearest-sighted of them need.
    """
    spans = dict[str, list[Span]]()
    for kpi_id in sorted(wanted):
        declared, starts = kpi(kpi_id).kpi, selection.starts(kpi_id)
        if starts is not None and "tickets" in declared.sources:
            spans[kpi_id] = ticket_spans(declared, starts, facts.context.run_on)
    yield facts, sorted(wanted - spans.keys())
    groups = list[tuple[list[Span], list[str]]]()
    for kpi_id in sorted(spans, key=lambda kpi_id: _days(spans[kpi_id])):
        together = merged([*groups[-1][0], *spans[kpi_id]]) if groups else []
        if groups and _days(together) <= _SHARED_UP_TO * _days(groups[-1][0]):
            groups[-1] = (together, [*groups[-1][1], kpi_id])
        else:
            groups.append((spans[kpi_id], [kpi_id]))
    for days, kpi_ids in groups:
        asks_firsts = any(kpi(kpi_id).kpi.sees_first_contacts for kpi_id in kpi_ids)
        tables, contacts = excerpt(fed, days, changes.rests_on.witnesses, with_first_contacts=asks_firsts)
        yield Facts(tables, facts.context, contacts).with_recognitions_of(facts), kpi_ids


def _days(spans: Sequence[Span]) -> int:
    return sum((last - first).days + 1 for first, last in spans)


def compute_selected(facts: Facts, selection: Selection, kpi_ids: Sequence[str] | None = None) -> list[KpiResult]:
    """The selected parts of the selected KPIs, or of those of `kpi_ids`, exact.

    Raises ConfigurationError when units form a circle.
    """
    try:
        return [
            compute(kpi(kpi_id), facts, selection.starts(kpi_id))
            for kpi_id in (sorted(selection.kpi_ids) if kpi_ids is None else kpi_ids)
        ]
    except TreeError as error:
        raise ConfigurationError(str(error)) from error


def assemble(
    settings: Settings,
    lake: Lake,
    night: Night,
    facts: Facts,
    results: Sequence[KpiResult],
    selection: Selection,
    restricted: Mapping[str, Load],
    reason: str | None = None,
    known: pl.DataFrame | None = None,
) -> Computed:
    """Disclose the results of the selected parts and build every table, all other parts taken over as remembered.

    `known` (KnownSignal) are signals that may be taken over; without them all numbers are judged anew. `reason` is why
    somebody asked for the parts; it stands before the reason of every restatement.
    """
    again, others = selection.split(lake.read("published_kpi_value"), all_kpis())
    ledger = lake.ask("publication_ledger", lambda rows: rows.filter(selection.possible))
    disclosed = disclose(
        results,
        all_kpis(),
        ancestors=_ancestors(facts, results),
        ledger=selection.selected(ledger, all_kpis()),
        previous=again,
        context=facts.context,
        run_id=night.run_id,
    )
    restatements = disclosed.restatements
    if reason:
        restatements = restatements.with_columns(filled("{}: {}", pl.lit(reason), "reason").alias("reason"))
    beside = Disclosure(
        rows=pl.concat([disclosed.rows, others]).sort(CELL_KEY),
        ledger_additions=disclosed.ledger_additions,
        hidden=pl.concat([disclosed.hidden, selection.others(lake.read("hidden_cells"), all_kpis())]),
        restatements=_fresh(lake, restatements),
    )
    signals = signals_beside(beside.rows, all_kpis(), KnownSignal.create_empty() if known is None else known)
    marts = marts_of(settings, lake, facts, beside, signals, night)
    return Computed(marts, restricted, beside, signals)


def _ancestors(facts: Facts, results: Sequence[KpiResult]) -> pl.DataFrame:
    keys = ["period_grain", "period_start", "period_end"]
    cells = [KpiCell.create_empty(), *(result.cells for result in results)]
    return facts.ancestors(pl.concat([frame.select(keys) for frame in cells]).unique())


def newest_night(lake: Lake) -> dt.date | None:
    """Date of the newest night that was published; None before the first."""
    nights: list[dt.date] = lake.read("meta_run").filter(pl.col("outcome") == "succeeded")["run_on"].to_list()
    return max(nights, default=None)


def _fresh(lake: Lake, restatements: pl.DataFrame) -> pl.DataFrame:
    """Restatements not yet remembered: a run that died after remembering finds the same changes again."""
    same = [*CELL_KEY, "as_of", "old_value", "new_value", "old_state", "new_state"]
    return restatements.join(lake.read("meta_restatement"), on=same, how="anti", nulls_equal=True)
