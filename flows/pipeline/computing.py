"""From staged tables to numbers that may be shown: facts, the selected KPIs, disclosure, beside what is remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from flows.errors import ConfigurationError
from flows.lake import Lake
from flows.pipeline.night import Night
from flows.pipeline.tables import marts_of, restricted_of
from flows.settings import Settings
from transforms.contracts import STAGED
from transforms.contracts.results import CELL_KEY, KpiCell
from transforms.disclosure import Disclosure, disclose
from transforms.facts import Facts
from transforms.facts.org_tree import TreeError
from transforms.kpis.compute import KpiResult, compute
from transforms.kpis.registry import all_kpis, kpi
from transforms.kpis.selection import Selection


@dataclass(frozen=True)
class Computed:
    """The tables of one night before gate 2, and what must be remembered in the lake when they are published."""

    marts: dict[str, pl.DataFrame]
    restricted: dict[str, pl.DataFrame]
    disclosed: Disclosure


def facts_of(settings: Settings, lake: Lake, run_on: dt.date) -> Facts:
    """The facts of a night, from the staged tables that hold rows; raises ConfigurationError when there are none."""
    tables = {name: frame for name, frame in _staged(lake) if not frame.is_empty()}
    if not tables:
        raise ConfigurationError("no rows are staged: configure a [[source]] and run `culture-kpis sources check`")
    return Facts(tables, settings.context(run_on))


def _staged(lake: Lake) -> Iterator[tuple[str, pl.DataFrame]]:
    for name in STAGED:
        yield name, lake.read(name)


def compute_night(settings: Settings, lake: Lake, night: Night) -> Computed:
    """Every KPI as known on the night, disclosed.

    Raises ConfigurationError when the organisation's units form a circle.
    """
    facts = facts_of(settings, lake, night.run_on)
    selection = Selection.everything(all_kpis())
    return assemble(settings, lake, night, facts, compute_selected(facts, selection), selection)


def compute_selected(facts: Facts, selection: Selection) -> list[KpiResult]:
    """The selected parts of the selected KPIs, exact. Raises ConfigurationError when units form a circle."""
    try:
        return [compute(kpi(kpi_id), facts, selection.starts(kpi_id)) for kpi_id in sorted(selection.kpi_ids)]
    except TreeError as error:
        raise ConfigurationError(str(error)) from error


def assemble(
    settings: Settings,
    lake: Lake,
    night: Night,
    facts: Facts,
    results: Sequence[KpiResult],
    selection: Selection,
    reason: str | None = None,
) -> Computed:
    """Disclose the results of the selected parts and build every table, all other parts taken over as remembered.

    `reason` is why somebody asked for them; it stands before the reason of every restatement.
    """
    previous, ledger = lake.read("published_kpi_value"), lake.read("publication_ledger")
    disclosed = disclose(
        results,
        all_kpis(),
        ancestors=_ancestors(facts, results),
        ledger=selection.selected(ledger, all_kpis()),
        previous=selection.selected(previous, all_kpis()),
        context=facts.context,
        run_id=night.run_id,
    )
    restatements = disclosed.restatements
    if reason:
        restatements = restatements.with_columns(pl.format("{}: {}", pl.lit(reason), "reason").alias("reason"))
    beside = Disclosure(
        rows=pl.concat([disclosed.rows, selection.others(previous, all_kpis())]).sort(CELL_KEY),
        ledger_additions=disclosed.ledger_additions,
        hidden=pl.concat([disclosed.hidden, selection.others(lake.read("hidden_cells"), all_kpis())]),
        restatements=_fresh(lake, restatements),
    )
    marts = marts_of(settings, lake, facts, beside, night)
    return Computed(marts, restricted_of(facts), beside)


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
