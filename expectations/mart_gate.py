"""Gate 2: the marts of one night, before anybody can read them. Every failure is critical."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from expectations.runner import Promised, failing, judge, judge_rules
from expectations.verdict import Judged, Verdict, lines, results
from transforms.contracts import MARTS
from transforms.contracts.state import RowFate
from transforms.rules import MART_RULES, Rule
from transforms.texts import filled

_NEEDS = {
    "implausible_value": ("dim_kpi",),
    "undeclared_kpi": ("dim_kpi",),
    "unknown_unit": ("dim_org_unit",),
    "score_without_number": ("fct_kpi_value",),
    "signal_without_number": ("fct_kpi_value",),
}


def judge_marts(marts: Mapping[str, pl.DataFrame], run_id: str, page_rows: pl.DataFrame | None = None) -> Verdict:
    """Judge marts (contract tables by name) before they are published; a table that is left out is not judged.

    `page_rows` (source, source_page, n_rows) are the input rows of each page, for the row accounting to close; without
    it the accounting is judged by its contract only. Raises JudgementError when a check cannot be evaluated.
    """
    findings = judge([Promised(table, MARTS[table], frame, "critical") for table, frame in marts.items()])
    judged = [Judged(table, finding) for table, found in findings.items() for finding in found]
    if not any(one.finding.rule == "columns" and one.finding.n_failed for one in judged):
        tables = {name: frame.lazy() for name, frame in marts.items()}
        known = {} if page_rows is None else {"page_rows": page_rows.lazy()}
        judged += _of_rules([rule for rule in MART_RULES if _can_be_judged(rule, tables, known)], tables, known)
    reasons = lines(judged, "critical")
    return Verdict(
        results=results(judged, run_id, "mart", ""),
        accepted=dict(marts),
        rejected=RowFate.create_empty().with_columns(pl.lit(None, dtype=pl.String).alias("table_name")),
        blocked=bool(reasons),
        reasons=reasons,
    )


def _can_be_judged(rule: Rule, tables: Mapping[str, pl.LazyFrame], known: Mapping[str, pl.LazyFrame]) -> bool:
    if rule.id == "unaccounted_rows" and "page_rows" not in known:
        return False
    return all(table in tables for table in (rule.table, *_NEEDS.get(rule.id, ())))


def _of_rules(rules: list[Rule], tables: Mapping[str, pl.LazyFrame], known: Mapping[str, pl.LazyFrame]) -> list[Judged]:
    checks = [rule.check(tables, known) for rule in rules]
    return [
        Judged(rule.table, finding, rule.description, _examples(failing(check)) if finding.n_failed else ())
        for rule, check, finding in zip(rules, checks, judge_rules(rules, checks), strict=True)
    ]


def _examples(rows: pl.DataFrame) -> tuple[str, ...]:
    """What up to three failing rows are about, by their key: KPI or principle, unit, period, allowed range."""
    few = rows.head(3)
    if "kpi_id" not in rows.columns and "principle" in rows.columns:
        score = filled("{} of {} in the {} from {}", "principle", "org_unit_id", "period_grain", "period_start")
        return tuple(few.select(score).to_series())
    if "kpi_id" not in rows.columns:
        return tuple(f"{source}, page {page}" for source, page in few.select(rows.columns[:2]).iter_rows())
    named = few.select(
        filled("{} ({}) of {} in the {} from {}", "kpi_id", "component", "org_unit_id", "period_grain", "period_start")
    ).to_series()
    if "lower_bound" not in rows.columns:
        return tuple(named)
    bounds = (pl.col(side).cast(pl.String).fill_null("any") for side in ("lower_bound", "upper_bound"))
    allowed = few.select(filled(", plausible {} to {} {}", *bounds, "unit")).to_series()
    return tuple(named + allowed)
