"""Random histories of the small demo: what a night knew, and what the next one knows after rows came, moved or went."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from itertools import product
from pathlib import Path
from unittest import mock

import polars as pl

from tests.acceptance import definition_lock
from tests.transforms.kpis.in_texts import in_texts
from transforms.contracts import STAGED
from transforms.facts import Context, Facts
from transforms.facts.beside import with_tickets_beside
from transforms.facts.excerpt import excerpt
from transforms.facts.known import HAPPENED
from transforms.facts.longest_wait import longest_wait
from transforms.facts.times import TIMES
from transforms.facts.touched import Changed, Touched, touched_since
from transforms.facts.witnesses import witnesses
from transforms.kpis.affected import affected, ticket_spans
from transforms.kpis.compute import KpiResult, compute, missing_needs
from transforms.kpis.differing import Differing, differing
from transforms.kpis.registry import all_kpis
from transforms.kpis.selection import Selection, with_part
from transforms.kpis.target_values import beside_remembered, named_by_targets, told_by
from transforms.marts.restricted import fct_promise

Tables = dict[str, pl.DataFrame]
PARTS_OF_RESULT = ("cells", "people", "crowd")
_EDITS = {
    "ticket": [
        ~pl.col("is_deleted"),
        pl.col("org_unit_id").reverse().alias("org_unit_id"),
        pl.col("requester_key").reverse().alias("requester_key"),
        (pl.col("solved_at") + pl.duration(days=3)).alias("solved_at"),
    ],
    "ticket_event": [pl.col("at") + pl.duration(days=2), pl.col("agent_key").reverse().alias("agent_key")],
    "promise": [(pl.col("fulfilled_at") + pl.duration(hours=30)).alias("fulfilled_at"), ~pl.col("is_cancelled")],
    "recognition": [pl.col("at") - pl.duration(days=5)],
    "survey_response": [pl.lit(1.0).alias("value")],
    "invitation": [~pl.col("is_delivered")],
}


@dataclasses.dataclass(frozen=True)
class History:
    """Two nights: the staged tables and the context of each, and what was done in between."""

    before: Tables
    after: Tables
    then: Context
    now: Context
    done: list[str]

    def in_full(self, *, later: bool) -> dict[str, KpiResult]:
        """Every KPI over everything on one of the nights."""
        facts = Facts(_fed(self.after if later else self.before), self.now if later else self.then)
        return {one.kpi.id: in_texts(compute(one, facts)) for one in all_kpis()}

    def affected(self) -> Selection:
        """What the later night must compute."""
        changed = Changed(*({name: rows for name, rows in side.items() if name in TIMES} for side in self._differing()))
        known, nights = Facts(_fed(self.before), self.then), (_lazy(self.before), _lazy(self.after))
        touched = touched_since(changed, *nights, self.then, self.now, longest_wait(known), fct_promise(known).lazy())
        unfed = [one.kpi.id for one in all_kpis() if missing_needs(one.kpi, Facts(_fed(self.after), self.now))]
        first_on = min(dt.date(2024, 1, 1), *(day for days in touched.days.values() for day in days))
        differs = self._made_differ(touched)
        return affected(all_kpis(), touched, self.then, self.now, first_on=first_on, whole=unfed, differing=differs)

    def computed(self, selection: Selection, old: dict[str, KpiResult]) -> dict[str, KpiResult]:
        """The selected parts, those of ticket KPIs from an excerpt; `old` are the results of the night before."""
        fed, found = _fed(self.after), {}
        shown = witnesses(_lazy(self.after))
        spans = {
            one.kpi.id: ticket_spans(one.kpi, selection.starts(one.kpi.id) or (), self.now.run_on)
            for one in all_kpis()
            if "tickets" in one.kpi.sources and not one.kpi.sees_tickets_in_numbers
        }
        for is_far, asks_firsts in product((False, True), repeat=2):
            asking = [one for one in all_kpis() if one.kpi.id in spans and one.kpi.sees_first_contacts == asks_firsts]
            mine = [one for one in asking if one.kpi.looks_far == is_far]
            days = [span for one in mine for span in spans[one.kpi.id]]
            tables, contacts = excerpt(fed, days, shown, with_first_contacts=asks_firsts)
            facts = Facts(tables, self.now, contacts).with_recognitions_of(Facts(fed, self.now))
            found |= {one.kpi.id: in_texts(compute(one, facts, selection.starts(one.kpi.id))) for one in mine}
        named = named_by_targets(Facts(fed, self.now))
        values = beside_remembered(told_by(found.values(), named), told_by(old.values(), named), selection)
        whole = Facts(fed, self.now).with_target_values(values)
        others = [one for one in all_kpis() if one.kpi.id not in spans]
        return found | {one.kpi.id: in_texts(compute(one, whole, selection.starts(one.kpi.id))) for one in others}

    def _made_differ(self, touched: Touched) -> Differing:
        nights = [_fed(self.before), _fed(self.after)]
        shown = pl.concat(witnesses(_lazy(night)) for night in (self.before, self.after))
        before, after = with_tickets_beside(nights, touched.rows, touched.changed, shown, touched.contacts)
        whole = Facts(nights[1], self.now)
        compared = (
            Facts(tables, context, contacts).with_recognitions_of(whole)
            for (tables, contacts), context in zip((before, after), (self.then, self.now), strict=True)
        )
        return differing(all_kpis(), *compared)

    def _differing(self) -> tuple[Tables, Tables]:
        old, new = {}, {}
        for name in STAGED:
            rows = [
                night[name].with_columns(pl.struct(pl.all()).hash().alias("is")) for night in (self.before, self.after)
            ]
            old[name], new[name] = (
                mine.join(other, on="is", how="anti").drop("is") for mine, other in (rows, rows[::-1])
            )
        return old, new


def demo(folder: Path, scale: float) -> tuple[Tables, Context]:
    """The staged tables of a small demo, and the context of its last night."""
    with mock.patch.object(definition_lock, "SCALE", scale):
        facts, _ = definition_lock.facts_of_the_demo(folder)
    return {name: facts.table(name).collect() for name in STAGED}, facts.context


def history(tables: Tables, context: Context, seed: int, n_changes: int) -> History:
    """A night and a later one, with so many changes between: rows that came late, were edited or were deleted."""
    chance = random.Random(seed)
    then_on = dt.date(2025, 9, 1) + dt.timedelta(days=chance.randrange(250))
    then = dataclasses.replace(context, run_on=then_on)
    now = dataclasses.replace(context, run_on=then_on + dt.timedelta(days=chance.choice((1, 1, 2, 5))))
    before, after = _delivered(tables, then), _delivered(tables, now)
    done = []
    for _ in range(n_changes):
        name = chance.choice(list(_EDITS))
        what = chance.choice(("late", "edited", "deleted"))
        night = before if what == "late" else after
        chosen = pl.int_range(pl.len()).is_in(chance.sample(range(night[name].height), chance.choice((1, 2))))
        if what == "edited":
            edit = chance.choice(_EDITS[name])
            column = edit.meta.output_name()
            night[name] = night[name].with_columns(pl.when(chosen).then(edit).otherwise(column).alias(column))
        else:
            night[name] = night[name].filter(~chosen)
        done.append(f"{what} {name}")
    return History(before, after, then, now, done)


def beside(old: KpiResult, new: KpiResult, starts: tuple[dt.date, ...] | None) -> KpiResult:
    """`new` with the parts of `old` that were not computed again."""
    if starts is None:
        return new

    def kept(rows: pl.DataFrame) -> pl.DataFrame:
        return with_part(rows, all_kpis()).filter(~pl.col("part_start").is_in(list(starts))).drop("part_start")

    return KpiResult(*(pl.concat([kept(getattr(old, name)), getattr(new, name)]) for name in PARTS_OF_RESULT))


def differences(one: KpiResult, other: KpiResult) -> list[str]:
    """In which of cells, people and crowd the two differ; the last digits of sums may."""
    return [name for name in PARTS_OF_RESULT if not _same(getattr(one, name), getattr(other, name))]


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    exact = [name for name, dtype in one.schema.items() if not dtype.is_float()]
    first, second = one.sort(exact), other.sort(exact)
    if not first.select(exact).equals(second.select(exact)):
        return False
    numbers = [name for name in one.columns if name not in exact]
    far = [
        first[name].is_null().ne(second[name].is_null()).any()
        or ((first[name] - second[name]).abs() > 1e-8 * first[name].abs().clip(1.0)).any()
        for name in numbers
    ]
    return not any(far)


def _delivered(tables: Tables, context: Context) -> Tables:
    midnight = pl.lit(context.as_of, dtype=pl.Datetime("us", "UTC"))
    return {
        name: rows.filter(pl.col(HAPPENED[name]) < midnight) if name in HAPPENED else rows
        for name, rows in tables.items()
    }


def _lazy(tables: Tables) -> dict[str, pl.LazyFrame]:
    return {name: rows.lazy() for name, rows in tables.items()}


def _fed(tables: Tables) -> dict[str, pl.LazyFrame]:
    return {name: rows.lazy() for name, rows in tables.items() if not rows.is_empty()}
