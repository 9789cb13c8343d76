"""Gate 1: staged rows of one source, before they enter the lake.

Order matters: rows that fail their contract are out before rules look at several rows, so that a broken ticket does
not condemn its events; the volume is judged on what is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from expectations.runner import Promised, failing, judge, judge_rules
from expectations.verdict import Judged, Verdict, lines, results
from transforms.contracts import LINEAGE, STAGED
from transforms.contracts.lineage import Staged
from transforms.contracts.state import RowFate
from transforms.rules import STAGED_RULES, VOLUME_RULES
from transforms.rules.declaration import identity

_HISTORY = "meta_row_accounting"


def judge_staged(
    candidates: Mapping[str, pl.DataFrame],
    known: Mapping[str, pl.LazyFrame],
    history: pl.DataFrame,
    run_id: str,
    source: str,
    *,
    allow_empty: bool = False,
) -> Verdict:
    """Judge the rows of one source on their way into the lake.

    `candidates` are contract rows per staged table, `known` the same tables as the lake holds them, `history` earlier
    deliveries (contract MetaRowAccounting); `source` is empty where several are judged at once. A row that fails a
    `row` check is rejected from its table; other rows made of the same input row stay. With `allow_empty` a delivery
    without rows is a warning only. Raises JudgementError when a check cannot be evaluated.
    """
    by_contract = _of_contracts(candidates)
    judged = [one for found in by_contract.values() for one in found]
    accepted, rejected = _split(by_contract, candidates)
    if not lines(judged, "critical"):  # rules read columns by name and type
        by_rule = _of_rules(accepted, known)
        accepted, rejected_by_rule = _split(by_rule, accepted)
        rejected += rejected_by_rule
        judged += [one for found in by_rule.values() for one in found]
        judged += _of_volume(accepted, history, source, allow_empty)
    origin = f"source {source}: " if source else ""
    reasons = tuple(f"{origin}{line}" for line in lines(judged, "critical"))
    return Verdict(
        results=results(judged, run_id, "staged", source),
        accepted=accepted,
        rejected=_one_per_input_row(rejected),
        blocked=bool(reasons),
        reasons=reasons,
        warnings=tuple(f"{origin}{line}" for line in lines(judged, "warning")),
    )


def _of_contracts(candidates: Mapping[str, pl.DataFrame]) -> dict[str, list[Judged]]:
    """Findings of each table's contract. A table that comes from no input row has nothing to quarantine: critical."""
    findings = judge(
        [
            Promised(table, STAGED[table], frame, None if issubclass(STAGED[table], Staged) else "critical")
            for table, frame in candidates.items()
        ]
    )
    return {table: [Judged(table, finding) for finding in found] for table, found in findings.items()}


def _of_rules(accepted: Mapping[str, pl.DataFrame], known: Mapping[str, pl.LazyFrame]) -> dict[str, list[Judged]]:
    """Findings of each table's rules; failing rows are positions in `accepted`."""
    candidates = {name: frame.lazy() for name, frame in accepted.items()}
    rules = [rule for rule in STAGED_RULES if rule.table in accepted]
    checks = [rule.check(candidates, known) for rule in rules]
    found: dict[str, list[Judged]] = {table: [] for table in accepted}
    for rule, check, finding in zip(rules, checks, judge_rules(rules, checks), strict=True):
        rows = _positions(failing(check), rule.table, accepted[rule.table]) if finding.n_failed else finding.rows
        found[rule.table].append(Judged(rule.table, replace(finding, rows=rows), rule.description))
    return found


def _positions(failed: pl.DataFrame, table: str, frame: pl.DataFrame) -> pl.Series:
    """Where the rows that a rule names stand in the judged frame."""
    key = identity(STAGED[table])
    return frame.select(key).with_row_index("row").join(failed, on=key, how="semi", nulls_equal=True)["row"]


def _of_volume(
    accepted: Mapping[str, pl.DataFrame], history: pl.DataFrame, source: str, allow_empty: bool
) -> list[Judged]:
    """Input rows of which anything was accepted, against earlier deliveries of the source."""
    delivered = [frame.select(LINEAGE) for table, frame in accepted.items() if issubclass(STAGED[table], Staged)]
    n_rows = pl.concat(delivered).n_unique() if delivered else 0
    delivery = {_HISTORY: pl.LazyFrame({"source": [source], "n_rows": [n_rows]})}
    checks = [rule.check(delivery, {_HISTORY: history.lazy()}) for rule in VOLUME_RULES]
    found = []
    for rule, check, finding in zip(VOLUME_RULES, checks, judge_rules(VOLUME_RULES, checks), strict=True):
        usual = check.select(pl.col("usual_rows").fill_null(0.0)).collect().item()
        told = f"Now {n_rows:,} rows, usually {usual:,.0f}"
        severity = "warning" if allow_empty else rule.severity
        judged = replace(finding, severity=severity)
        found.append(Judged(rule.table, judged, rule.description, (told,), is_of_delivery=True))
    return found


def _split(
    found: Mapping[str, list[Judged]], frames: Mapping[str, pl.DataFrame]
) -> tuple[dict[str, pl.DataFrame], list[pl.DataFrame]]:
    """Each table without the rows that fail a `row` check, and those rows' lineage with table, rule and column."""
    kept: dict[str, pl.DataFrame] = {}
    rejected = []
    for table, frame in frames.items():
        broken = [one.finding for one in found[table] if one.finding.severity == "row" and one.finding.n_failed]
        for finding in broken:
            rejected.append(
                frame[finding.rows].select(
                    *LINEAGE,
                    pl.lit("quarantined").alias("fate"),
                    pl.lit(finding.rule).alias("reason"),
                    pl.lit(finding.column or None, dtype=pl.String).alias("column_name"),
                    pl.lit(table).alias("table_name"),
                )
            )
        gone = [pl.DataFrame({"row": finding.rows}) for finding in broken]
        kept[table] = (
            frame.with_row_index("row").join(pl.concat(gone), on="row", how="anti", maintain_order="left").drop("row")
            if gone
            else frame
        )
    return kept, rejected


def _one_per_input_row(rejected: list[pl.DataFrame]) -> pl.DataFrame:
    """RowFate with `table_name`: the first check that each input row failed, in the order of the contracts."""
    empty = RowFate.create_empty().with_columns(pl.lit(None, dtype=pl.String).alias("table_name"))
    columns = [*RowFate.columns(), "table_name"]
    return pl.concat([frame.select(columns) for frame in (empty, *rejected)]).unique(
        subset=LINEAGE, keep="first", maintain_order=True
    )
