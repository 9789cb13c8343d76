"""From staged tables to marts: facts, every KPI, disclosure, and the tables analysts and stewards will see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from flows.errors import ConfigurationError
from flows.lake import Lake
from flows.pipeline.night import Night
from flows.pipeline.version import product_version
from flows.settings import Settings
from transforms.contracts import STAGED
from transforms.contracts.marts import PRINCIPLES
from transforms.contracts.results import CELL_KEY
from transforms.disclosure import Disclosure, disclose
from transforms.facts import Facts
from transforms.facts.org_tree import TreeError
from transforms.kpis.compute import KpiResult, compute
from transforms.kpis.registry import all_kpis, principle_documentation
from transforms.marts.evidence import table_evidence
from transforms.marts.kpi_catalogue import dim_kpi, dim_principle
from transforms.marts.kpi_signal import fct_kpi_signal
from transforms.marts.organisation import dim_org_unit
from transforms.marts.periods import dim_date, dim_period
from transforms.marts.principle_score import fct_principle_score
from transforms.marts.restricted import fct_promise, fct_recognition, fct_ticket
from transforms.marts.trust import graded


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


def compute_night(
    settings: Settings, lake: Lake, night: Night, window: tuple[dt.date, dt.date] | None = None
) -> Computed:
    """Every KPI as known on the night, disclosed; with `window` only cells whose period touches those days change.

    Raises ConfigurationError when the organisation's units form a circle.
    """
    facts = facts_of(settings, lake, night.run_on)
    try:
        results = [compute(registered, facts) for registered in all_kpis()]
    except TreeError as error:
        raise ConfigurationError(str(error)) from error
    previous = lake.read("published_kpi_value")
    ancestors = _ancestors(facts, results)
    disclosed = disclose(
        results,
        all_kpis(),
        ancestors=ancestors,
        ledger=lake.read("publication_ledger"),
        previous=previous,
        context=facts.context,
        run_id=night.run_id,
    )
    if window:
        disclosed = _within(disclosed, previous, window)
    return Computed(_marts(settings, lake, facts, disclosed, night), _restricted(facts), disclosed)


def _ancestors(facts: Facts, results: list[KpiResult]) -> pl.DataFrame:
    keys = ["period_grain", "period_start", "period_end"]
    return facts.ancestors(pl.concat([result.cells.select(keys) for result in results]).unique())


def _within(disclosed: Disclosure, previous: pl.DataFrame, window: tuple[dt.date, dt.date]) -> Disclosure:
    """Rows outside the window stay as they were published; what happened inside it is taken over."""
    first_on, last_on = window
    touches = (pl.col("period_start") <= last_on) & (pl.col("period_end") >= first_on)
    rows = pl.concat([disclosed.rows.filter(touches), previous.filter(~touches)]).sort(CELL_KEY)
    key = rows.filter(touches).select(CELL_KEY)
    return Disclosure(
        rows=rows,
        ledger_additions=disclosed.ledger_additions.join(key, on=CELL_KEY, how="semi"),
        privacy_log=disclosed.privacy_log,
        restatements=disclosed.restatements.join(key, on=CELL_KEY, how="semi"),
    )


def _marts(
    settings: Settings, lake: Lake, facts: Facts, disclosed: Disclosure, night: Night
) -> dict[str, pl.DataFrame]:
    """Every table of schema `marts`; the run itself is written as succeeded, for it is published only then.

    What is derived from numbers is derived here, from disclosed rows only.
    """
    accounting = lake.read("meta_row_accounting")
    staged = {name: facts.table(name) for name in facts.provided}
    evidence = table_evidence(staged, accounting, settings.sources, facts.context)
    run = pl.DataFrame(
        [
            {
                "run_id": night.run_id,
                "run_kind": night.kind,
                "run_on": night.run_on,
                "as_of": night.as_of,
                "started_at": night.started_at,
                "finished_at": Night.now(),
                "outcome": "succeeded",
                "message": "published",
                "product_version": product_version(),
            }
        ],
        schema=lake.scan("meta_run").collect_schema(),
    )
    scores = fct_principle_score(disclosed.rows, all_kpis(), night.run_on)
    spans = ["period_grain", "period_start", "period_end"]
    return {
        "fct_kpi_value": graded(disclosed.rows, all_kpis(), evidence),
        "fct_principle_score": scores,
        "fct_kpi_signal": fct_kpi_signal(disclosed.rows, all_kpis()),
        "dim_kpi": dim_kpi(all_kpis()),
        "dim_principle": dim_principle({principle: principle_documentation(principle) for principle in PRINCIPLES}),
        "dim_org_unit": dim_org_unit(facts.tree, night.run_on),
        "dim_period": dim_period(pl.concat([disclosed.rows.select(spans), scores.select(spans)])),
        "dim_date": dim_date(disclosed.rows, facts.context),
        "meta_run": pl.concat([lake.read("meta_run"), run]),
        "meta_row_accounting": accounting,
        # What gate 2 found on earlier nights is not part of what it judges tonight, or its counts would never settle.
        "meta_validation": lake.read("meta_validation").filter(pl.col("gate") == "staged"),
        "meta_restatement": pl.concat([lake.read("meta_restatement"), fresh_restatements(lake, disclosed)]),
        "meta_privacy_log": disclosed.privacy_log,
    }


def newest_night(lake: Lake) -> dt.date | None:
    """Date of the newest night that was published; None before the first."""
    nights: list[dt.date] = lake.read("meta_run")["run_on"].to_list()
    return max(nights, default=None)


def fresh_restatements(lake: Lake, disclosed: Disclosure) -> pl.DataFrame:
    """Restatements not yet remembered: a run that died after remembering finds the same changes again."""
    same = [*CELL_KEY, "as_of", "old_value", "new_value", "old_state", "new_state"]
    known = lake.read("meta_restatement")
    return disclosed.restatements.join(known, on=same, how="anti", nulls_equal=True)


def _restricted(facts: Facts) -> dict[str, pl.DataFrame]:
    return {
        "fct_ticket": fct_ticket(facts),
        "fct_promise": fct_promise(facts),
        "fct_recognition": fct_recognition(facts),
    }
