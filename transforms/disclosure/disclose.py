"""The road from exact cells to the mart: every rule in its turn, nothing around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import polars as pl

from transforms.contracts.marts import FctKpiValue, MetaPrivacyLog, MetaRestatement
from transforms.contracts.results import (
    CELL_KEY,
    PUBLISHED_STATES,
    HiddenCells,
    KpiCell,
    Publication,
)
from transforms.disclosure import ledger as ledgers
from transforms.disclosure import restatement
from transforms.disclosure.batches import Batch, in_batches
from transforms.disclosure.families import Families, declared, number
from transforms.disclosure.publish_once import Timing, decide
from transforms.disclosure.visible import silence, visible
from transforms.kpis.selection import with_part
from transforms.moments import moment

if TYPE_CHECKING:
    from transforms.facts.context import Context
    from transforms.kpis.compute import KpiResult
    from transforms.kpis.registry import RegisteredKpi

_KEY = list(CELL_KEY)
_ORDER = {"hidden": ["kpi_id", "period_grain", "period_start", "rule"]}
_ROW = list(FctKpiValue.columns())
_FROM_TONIGHT = [name for name in _ROW if name not in ("as_of", "run_id")]


class DisclosureError(ValueError):
    """Cells that disclosure cannot judge; the message names the KPI and what is missing."""


@dataclass(frozen=True)
class Disclosure:
    """What a run may show, and what it must remember.

    * `rows`             FctKpiValue: all cells of the run, and all cells ever published that are published once
    * `ledger_additions` Publication: first publications and corrections of this run, to be appended to the lake
    * `hidden`           HiddenCells: how many cells each rule hid in each period
    * `restatements`     MetaRestatement: published numbers that changed
    """

    rows: pl.DataFrame
    ledger_additions: pl.DataFrame
    hidden: pl.DataFrame
    restatements: pl.DataFrame


def privacy_log(hidden: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """MetaPrivacyLog of HiddenCells: sums over periods; a count of one period could say what it holds back."""
    return MetaPrivacyLog.validate(
        hidden.group_by("kpi_id", "period_grain", "rule")
        .agg(pl.col("n_cells").sum())
        .with_columns(pl.lit(run_id).alias("run_id"))
        .select(list(MetaPrivacyLog.columns()))
        .sort("kpi_id", "period_grain", "rule"),
        cast=True,
    )


def disclose(
    results: Sequence[KpiResult],
    declarations: Sequence[RegisteredKpi],
    *,
    ancestors: pl.DataFrame,
    ledger: pl.DataFrame,
    previous: pl.DataFrame | None,
    context: Context,
    run_id: str,
) -> Disclosure:
    """Applies every rule to the results of a run.

    `ancestors` (period_grain, period_start, org_unit_id, ancestor_id, org_level) covers every period of the results;
    `ledger` is every Publication so far; `previous` the mart's rows before this run, from which rows that say the
    same keep run and date. Raises DisclosureError for a cell without declaration or without a place in the tree.
    """
    kpis = declared(declarations, context.minimum_group)
    ledger = ledgers.under_declared_version(ledger, kpis)
    before = FctKpiValue.create_empty() if previous is None else previous
    disclosed = []
    for batch in in_batches(results, ledger):
        own = pl.col("kpi_id").is_in(batch.kpi_ids)
        cells, families = _numbered(batch, declarations, kpis, ledger.filter(own), ancestors)
        disclosed.append(
            _disclosed(cells, families, ledger.filter(own), before.filter(own), run_id=run_id, as_of=context.as_of)
        )
    names = [field.name for field in fields(Disclosure)]
    return Disclosure(
        **{name: pl.concat(getattr(one, name) for one in disclosed).sort(_ORDER.get(name, _KEY)) for name in names}
    )


def _disclosed(
    cells: pl.DataFrame,
    families: Families,
    ledger: pl.DataFrame,
    previous: pl.DataFrame,
    *,
    run_id: str,
    as_of: dt.datetime,
) -> Disclosure:
    """What may be shown of the cells of some KPIs, and what must be remembered of them."""
    numbered_ledger = ledger.join(families.nodes.select("node", "family", *_KEY), on=_KEY)
    seen = visible(cells, families, numbered_ledger.select("family").unique())
    once = seen.cells.filter("is_person_based", pl.col("state").is_in(PUBLISHED_STATES)).select("node")
    computed = numbered_ledger.join(cells.select("family").unique(), on="family", how="semi")
    timing = decide(families, once, computed, seen.people, as_of)

    late = pl.col("node").is_in(timing.late["node"].implode())
    tonight = silence(
        seen.cells.with_columns(pl.when(late).then(pl.lit("suppressed_temporal")).otherwise("state").alias("state"))
    ).select(
        "node",
        *(pl.lit(None, dtype=pl.String).alias(name) if name == "trust_grade" else name for name in _FROM_TONIGHT),
        moment(as_of).alias("as_of"),
        pl.lit(run_id).alias("run_id"),
    )
    hidden = seen.hidden.join(numbered_ledger.filter("is_own"), on="node", how="anti")
    return _remember(
        tonight, timing, hidden, families, ledger=numbered_ledger, before=previous, run_id=run_id, as_of=as_of
    )


def _numbered(
    batch: Batch,
    declarations: Sequence[RegisteredKpi],
    kpis: pl.DataFrame,
    ledger: pl.DataFrame,
    ancestors: pl.DataFrame,
) -> tuple[pl.DataFrame, Families]:
    """All cells of the batch with node, family, part and their declaration, and the families they make up."""
    cells = KpiCell.validate(batch.cells)
    strange = cells.join(kpis, on=["kpi_id", "definition_version"], how="anti")
    if strange.height:
        raise DisclosureError(f"KPI {strange['kpi_id'][0]}: cells of a version that is not declared")
    place = ["period_grain", "period_start", "org_unit_id"]
    lost = cells.filter(pl.col("state") == "published").join(ancestors, on=place, how="anti")
    if lost.height:
        kpi_id, start = lost["kpi_id"][0], lost["period_start"][0]
        raise DisclosureError(f"KPI {kpi_id}: a unit has no place in the tree of the period from {start}")
    families = number(pl.concat([cells.select(_KEY), ledger.select(_KEY)]), batch.people, batch.crowd, kpis, ancestors)
    return with_part(cells, declarations).join(families.nodes, on=_KEY, maintain_order="left"), families


def _remember(
    tonight: pl.DataFrame,
    timing: Timing,
    hidden: pl.DataFrame,
    families: Families,
    *,
    ledger: pl.DataFrame,
    before: pl.DataFrame,
    run_id: str,
    as_of: dt.datetime,
) -> Disclosure:
    """Puts tonight's cells beside what was published before: rows, ledger, log and restatements."""
    standing = ledgers.published_rows(ledgers.latest(ledger.filter("is_own"))).select(_ROW)
    proposed = tonight.join(timing.corrected, on="node", how="semi").select(_ROW)
    # A correction that reads as before stays the row it was; the ledger still learns over whom it now stands.
    corrected = restatement.keep_unchanged(proposed, standing)
    different = proposed.join(restatement.same_content(proposed, standing), on=_KEY, how="anti")
    free = tonight.select(_ROW).join(standing, on=_KEY, how="anti")
    rows = pl.concat(
        [standing.join(corrected, on=_KEY, how="anti"), corrected, restatement.keep_unchanged(free, before)]
    ).sort(_KEY)

    revisions = (
        pl.concat([timing.first, timing.corrected])
        .join(ledger.group_by("node").agg(pl.col("revision").max() + 1), on="node", how="left")
        .with_columns(pl.col("revision").fill_null(0))
        .join(families.nodes.select("node", *_KEY), on="node")
    )
    version = ["kpi_id", "definition_version"]
    free_kpis = families.nodes.filter(~pl.col("is_person_based")).select(version).unique()
    restatements = pl.concat(
        [
            restatement.corrections(standing, different, run_id, as_of),
            restatement.restated(
                rows.join(free_kpis, on=version, how="semi"),
                before.join(free_kpis, on=version, how="semi"),
                run_id,
                as_of,
            ),
        ]
    )
    temporal = pl.concat([timing.late, timing.held]).select("node", pl.lit("temporal").alias("rule"))
    return Disclosure(
        rows=FctKpiValue.validate(rows, cast=True),
        ledger_additions=Publication.validate(
            ledgers.publications(rows, timing.behind, revisions, run_id, as_of), cast=True
        ).sort(_KEY),
        hidden=HiddenCells.validate(_hidden(hidden, temporal, rows, families), cast=True),
        restatements=MetaRestatement.validate(restatements.sort(_KEY), cast=True),
    )


def _hidden(hidden: pl.DataFrame, temporal: pl.DataFrame, rows: pl.DataFrame, families: Families) -> pl.DataFrame:
    """How many cells each rule hid, and of how many (rule `numbers`) the exact counts."""
    without_counts = (
        rows.filter(pl.col("state").is_in(PUBLISHED_STATES), pl.col("denominator").is_null())
        .join(families.nodes.filter("is_person_based"), on=_KEY)
        .select("node", pl.lit("numbers").alias("rule"))
    )
    key = ["kpi_id", "period_grain", "period_start", "rule"]
    return (
        pl.concat([hidden, temporal, without_counts])
        .join(families.nodes, on="node")
        .group_by(key)
        .agg(pl.len().cast(pl.Int64).alias("n_cells"))
        .sort(key)
    )
