"""Every table analysts and stewards will see, from disclosed rows and facts."""

from __future__ import annotations

import polars as pl

from flows.lake import Lake
from flows.pipeline.night import Night
from flows.settings import Settings
from sql.changed_rows import ChangedRows, Load
from transforms.contracts import MARTS, RESTRICTED
from transforms.contracts.marts import PRINCIPLES
from transforms.disclosure import Disclosure, privacy_log
from transforms.facts import Facts
from transforms.facts.touched import Touched
from transforms.kpis.registry import all_kpis, principle_documentation
from transforms.marts.evidence import table_evidence
from transforms.marts.kpi_catalogue import dim_kpi, dim_principle
from transforms.marts.organisation import dim_org_unit
from transforms.marts.periods import dim_date, dim_period
from transforms.marts.principle_score import fct_principle_score
from transforms.marts.restricted import fct_promise, fct_recognition, fct_ticket
from transforms.marts.trust import graded


def marts_of(
    settings: Settings, lake: Lake, facts: Facts, disclosed: Disclosure, signals: pl.DataFrame, night: Night
) -> dict[str, pl.DataFrame]:
    """Every table of schema `marts`; the run itself is written as succeeded, for it is published only then.

    What is derived from numbers is derived from disclosed rows only, `signals` (KnownSignal) among it.
    """
    accounting = lake.read("meta_row_accounting")
    staged = {name: facts.table(name) for name in facts.provided}
    evidence = table_evidence(staged, accounting, settings.mappings, facts.context)
    scores = fct_principle_score(disclosed.rows, all_kpis(), night.run_on)
    spans = ["period_grain", "period_start", "period_end"]
    return {
        "fct_kpi_value": graded(disclosed.rows, all_kpis(), evidence),
        "fct_principle_score": scores,
        "fct_kpi_signal": signals.select(list(MARTS["fct_kpi_signal"].columns())),
        "dim_kpi": dim_kpi(all_kpis()),
        "dim_principle": dim_principle({principle: principle_documentation(principle) for principle in PRINCIPLES}),
        "dim_org_unit": dim_org_unit(facts.tree, night.run_on),
        "dim_period": dim_period(pl.concat([disclosed.rows.select(spans), scores.select(spans)])),
        "dim_date": dim_date(disclosed.rows, facts.context),
        "meta_run": pl.concat([lake.read("meta_run"), night.row("succeeded", "published")]),
        "meta_backfill": lake.read("meta_backfill"),
        "meta_row_accounting": accounting,
        # What gate 2 found on earlier nights is not part of what it judges tonight, or its counts would never settle.
        "meta_validation": lake.read("meta_validation").filter(pl.col("gate") != "mart"),
        "meta_restatement": pl.concat([lake.read("meta_restatement"), disclosed.restatements]),
        "meta_privacy_log": privacy_log(disclosed.hidden, night.run_id),
    }


def restricted_beside(lake: Lake, of_touched: Facts, facts: Facts, touched: Touched, since: str) -> dict[str, Load]:
    """The same, where only the rows of touched tickets and recognitions can differ from those of run `since`.

    `of_touched` are facts in which these tickets are whole.
    """
    recognised = touched.recognitions
    return {
        "fct_ticket": _changed_rows(lake, "fct_ticket", fct_ticket(of_touched), touched.tickets, since),
        "fct_promise": _changed_rows(lake, "fct_promise", fct_promise(of_touched), touched.tickets, since),
        "fct_recognition": fct_recognition(facts)
        if recognised is None
        else _changed_rows(lake, "fct_recognition", fct_recognition(facts, recognised), recognised, since),
    }


def _changed_rows(lake: Lake, table: str, told: pl.DataFrame, named: pl.DataFrame, since: str) -> ChangedRows:
    rows = told.join(named, on=named.columns, how="semi")

    def whole() -> pl.DataFrame:
        others = lake.ask(table, lambda remembered: remembered.join(named.lazy(), on=named.columns, how="anti"))
        return pl.concat([others, rows]).sort(RESTRICTED[table].primary_key())

    return ChangedRows(since, named, rows, whole)


def restricted_of(facts: Facts) -> dict[str, pl.DataFrame]:
    """Every table of schema `restricted`."""
    return {
        "fct_ticket": fct_ticket(facts),
        "fct_promise": fct_promise(facts),
        "fct_recognition": fct_recognition(facts),
    }
