"""Computes one KPI: observations -> cells of the whole tree, with the people behind each.

An *observation* is what a KPI file's `observe(facts)` returns, one row per unit of analysis:

* `org_unit_id`  the unit it belongs to directly (null: unassigned)
* `on` (Date), or `period_grain` + `period_start` where an observation exists per period (an active person)
* `component`, `variant` (default `main`)
* `numerator`, `denominator`, `value`: what the estimator takes
* a person column per role in the KPI's `people`: `agent_key`, `requester_key`, `respondent_key`, `giver_key`,
  `receiver_key`, `member_key`
* anything else its estimator needs (`stratum`, `cluster_key`, ...)

Every node of the tree is estimated from its own observations, never from its children's values. Texts of observations
reach the estimator as categoricals: they compare with texts, and join only with categoricals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.contracts.results import CELL_KEY, DEFAULT, PIECE, ROLE_COLUMNS, CellCrowd, CellPerson, KpiCell
from transforms.facts import Facts
from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import RegisteredKpi
from transforms.kpis.unasked import unasked
from transforms.periods import longest_grain, period_end, period_start, periods_between, piece_start
from transforms.stats.precision import repeatable

# Observations of a KPI that are estimated at once.
MOST_ROWS = 500_000
_ESTIMATE_COLUMNS = (
    "value",
    "ci_low",
    "ci_high",
    "interval_method",
    "shrunk_value",
    "numerator",
    "denominator",
    "n_events",
    "response_rate",
    "coverage",
    "verdict",
    "state",
    "flags",
)


@dataclass(frozen=True)
class KpiResult:
    """Cells of one KPI before disclosure, and who stands behind the cells of each unit directly.

    Texts of `people` may be categoricals: a run holds the people of all KPIs at once, and so in a third of the memory.
    """

    cells: pl.DataFrame
    people: pl.DataFrame
    crowd: pl.DataFrame


def compute(registered: RegisteredKpi, facts: Facts, part_starts: Sequence[dt.date] | None = None) -> KpiResult:
    """All cells of a KPI for every ended period: contracts KpiCell, CellPerson and CellCrowd.

    With `part_starts` only those of the parts that begin on these days (`transforms/kpis/selection.py`).
    """
    kpi, context = registered.kpi, facts.context
    part_of = period_start(pl.col("period_start"), longest_grain(kpi.grains))
    in_parts = pl.lit(True) if part_starts is None else part_of.is_in(list(part_starts))
    missing = missing_needs(kpi, facts)
    if missing:
        cells = _source_missing(kpi, facts, missing).filter(in_parts)
        return KpiResult(cells, _empty(CellPerson), _empty(CellCrowd))
    # Rows are grouped over and over, and by codes that costs a third of what it costs by texts.
    coded = cs.string().cast(pl.Categorical)
    # Before every grain repeats them; and then what the key of a cell adds.
    observations = registered.observe(facts).with_columns(coded)
    rows = in_periods(observations, kpi, context.run_on).filter(in_parts).with_columns(coded).collect()
    if rows.is_empty():
        return KpiResult(_empty(KpiCell), _empty(CellPerson), _empty(CellCrowd))
    periods = _periods(rows)
    above = facts.ancestors(periods)
    rows = _known_units(rows, above)
    levels = above.select(
        "period_grain", "period_start", pl.col("ancestor_id").alias("org_unit_id"), "org_level"
    ).unique()
    estimates = _estimates(rows, above.drop("org_level").with_columns(coded), kpi, facts)
    cells = (
        _complete(estimates)
        .join(periods, on=["period_grain", "period_start"])
        .join(levels, on=["period_grain", "period_start", "org_unit_id"])
    )
    behind = pl.concat([rows, _in_pieces(rows, kpi, context.run_on)])
    return KpiResult(_matured(cells, kpi, facts), _people(behind, kpi), _crowd(behind, kpi))


def _estimates(rows: pl.DataFrame, above: pl.DataFrame, kpi: Kpi, facts: Facts) -> pl.DataFrame:
    """Estimates of every node of the tree, each from its own observations."""
    by_node = (
        part.lazy()
        .join(above.lazy(), on=["period_grain", "period_start", "org_unit_id"])
        .drop("org_unit_id")
        .rename({"ancestor_id": "org_unit_id"})
        for part in _in_sizes(rows)
    )
    in_texts = cs.categorical().cast(pl.String)
    estimates = pl.concat(kpi.estimate(part, facts).with_columns(in_texts).collect() for part in by_node)
    # Where nothing could be estimated, the reason holds for what is estimated from the same observations.
    for name, source in kpi.estimated_from.items():
        same = estimates.filter(pl.col("component") == source).with_columns(pl.lit(name).alias("component"))
        estimates = pl.concat([estimates, same.join(estimates, on=CELL_KEY, how="anti")])
    return estimates


def _in_sizes(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Observations in parts of whole periods, each of about `MOST_ROWS` or of one period.

    No estimate looks at another period. A row stands in as many nodes as the tree is high: all periods of a large
    company at once would take as much memory as everything else.
    """
    if rows.height <= MOST_ROWS:
        return [rows]
    period = ["period_grain", "period_start"]
    sizes = rows.group_by(period).len().sort(period)
    numbered = sizes.select(*period, (pl.col("len").cum_sum() // MOST_ROWS).alias("part"))
    return rows.join(numbered, on=period, maintain_order="left").partition_by("part", include_key=False)


def missing_needs(kpi: Kpi, facts: Facts) -> tuple[str, ...]:
    """Tables nobody feeds and constructs nobody asks for, without which the KPI has no number."""
    return tuple(need for need in kpi.needs if need not in facts.provided) or unasked(kpi, facts)


def in_periods(observations: pl.LazyFrame, kpi: Kpi, run_on: dt.date) -> pl.LazyFrame:
    """Observations with their cell key, those of periods that had not ended on the night left out."""
    columns = observations.collect_schema().names()
    defaults = [
        pl.lit(default).alias(name)
        for name, default in {"component": DEFAULT, "variant": DEFAULT, "denominator": 1.0}.items()
        if name not in columns
    ]
    keyed = observations.with_columns(
        pl.lit(kpi.id).alias("kpi_id"), pl.lit(kpi.version, dtype=pl.Int64).alias("definition_version"), *defaults
    )
    if "on" in columns:
        keyed = pl.concat(
            [
                keyed.with_columns(
                    pl.lit(grain).alias("period_grain"), period_start(pl.col("on"), grain).alias("period_start")
                )
                for grain in kpi.grains
            ]
        )
    ended = pl.any_horizontal(
        (pl.col("period_grain") == grain) & (period_end(pl.col("period_start"), grain) <= run_on)
        for grain in kpi.grains
    )
    return keyed.filter(ended)


def _periods(rows: pl.DataFrame) -> pl.DataFrame:
    """The periods that occur: period_grain, period_start, period_end."""
    occurring = rows.select(pl.col("period_grain").cast(pl.String), "period_start").unique()
    return pl.concat(
        occurring.filter(pl.col("period_grain") == grain).with_columns(
            period_end(pl.col("period_start"), grain).alias("period_end")
        )
        for grain in occurring["period_grain"].unique()
    )


def _known_units(rows: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """A unit the tree does not know, or none at all, is the bucket `unassigned`: counted, never dropped."""
    known = above["org_unit_id"].unique().implode()
    return rows.with_columns(
        pl.when(pl.col("org_unit_id").is_in(known))
        .then("org_unit_id")
        .otherwise(pl.lit(UNASSIGNED_UNIT))
        .alias("org_unit_id")
    )


def _complete(estimates: pl.DataFrame) -> pl.DataFrame:
    """Estimates with every column of a cell; what an estimator does not say is null, and a number is published."""
    types = KpiCell.create_empty().schema
    added = [pl.lit(None, dtype=types[name]).alias(name) for name in _ESTIMATE_COLUMNS if name not in estimates.columns]
    estimates = estimates.with_columns(added)
    estimates = estimates.with_columns(repeatable(*estimates.select(pl.col(pl.Float64)).columns))
    number_is_finite = pl.col("value").is_not_null() & pl.col("value").is_finite()
    state = pl.coalesce(
        "state", pl.when(number_is_finite).then(pl.lit("published")).otherwise(pl.lit("not_enough_data"))
    )
    return estimates.with_columns(state.alias("state"))


def _matured(cells: pl.DataFrame, kpi: Kpi, facts: Facts) -> pl.DataFrame:
    """Cells whose window has not finished say so; a cell without a number carries no estimate."""
    wait = max(kpi.maturity_days, facts.context.close_after_days if kpi.person_based else 0)
    not_yet = pl.col("period_end").dt.offset_by(f"{wait}d") > facts.context.run_on
    state = pl.when(not_yet & (pl.col("state") == "published")).then(pl.lit("not_matured")).otherwise("state")
    silent = state != "published"
    estimated = ("value", "ci_low", "ci_high", "shrunk_value", "numerator", "denominator", "n_events", "verdict")
    return KpiCell.cast(
        cells.with_columns(state.alias("state"), *(pl.when(~silent).then(name).alias(name) for name in estimated))
        .select(list(KpiCell.columns()))
        .sort(CELL_KEY)
    )


def _in_pieces(rows: pl.DataFrame, kpi: Kpi, run_on: dt.date) -> pl.DataFrame:
    """Rows of a KPI with weeks and months once more, by the piece of time that both cut out."""
    if not kpi.has_overlapping_grains:
        return rows.clear()
    grain, runs_on = pl.col("period_grain"), period_end(period_start(pl.col("on"), "month"), "month") > run_on
    # What a week holds of the next quarter is no piece of its part: a week across quarters is never shown.
    is_own = period_start(pl.col("on"), "quarter") == period_start(pl.col("period_start"), "quarter")
    return rows.filter((grain == "month") | ((grain == "week") & runs_on & is_own)).with_columns(
        pl.lit(PIECE, dtype=rows.schema["period_grain"]).alias("period_grain"),
        piece_start(pl.col("on")).alias("period_start"),
    )


def _people(rows: pl.DataFrame, kpi: Kpi) -> pl.DataFrame:
    """CellPerson of the units of the observations themselves; the hash is arithmetic, so it never changes meaning."""

    def scaled(name: str, prime: int) -> pl.Expr:
        if name not in rows.columns:
            return pl.lit(0, dtype=pl.Int64)
        return (pl.col(name).cast(pl.Float64).fill_null(-0.5) * 10_000).round().cast(pl.Int64).sum() * prime

    contribution = (
        scaled("numerator", 1_000_003)
        + scaled("denominator", 998_244_353)
        + scaled("value", 2_147_483_647)
        + pl.len().cast(pl.Int64) * 67_280_421_310_721
    )
    frames = [
        rows.lazy()
        .filter(pl.col(ROLE_COLUMNS[role]).is_not_null())
        .group_by(*CELL_KEY, pl.col(ROLE_COLUMNS[role]).alias("person_key"))
        .agg(contribution.alias("contribution"))
        .with_columns(pl.lit(role, dtype=pl.Categorical).alias("role"))
        for role in kpi.people
        if ROLE_COLUMNS[role] in rows.columns
    ]
    if not frames:
        return _empty(CellPerson)
    people = pl.concat(frames).select(list(CellPerson.columns())).collect()
    for name, source in kpi.estimated_from.items():
        component = pl.lit(name, dtype=people.schema["component"]).alias("component")
        people.extend(people.filter(pl.col("component") == source).with_columns(component))
    return people


def _crowd(rows: pl.DataFrame, kpi: Kpi) -> pl.DataFrame:
    """CellCrowd: where observations come with `crowd_item_id`, people are its largest count."""
    if "crowd_item_id" not in rows.columns:
        return _empty(CellCrowd)
    return CellCrowd.cast(
        rows.lazy()
        .filter(pl.col("crowd_item_id").is_not_null())
        .group_by(*CELL_KEY, "crowd_item_id")
        .agg(pl.len().alias("n"))
        .group_by(CELL_KEY)
        .agg(pl.col("n").max().cast(pl.Int64).alias("n_people"))
        .with_columns(pl.lit(kpi.people[0]).alias("role"))
        .select(list(CellCrowd.columns()))
        .collect()
    )


def _source_missing(kpi: Kpi, facts: Facts, missing: tuple[str, ...]) -> pl.DataFrame:
    """One cell per grain for the company's latest ended period, saying which tables or constructs are missing."""
    run_on = facts.context.run_on
    periods = periods_between(run_on - dt.timedelta(days=800), run_on, kpi.grains)
    latest = periods.filter(pl.col("period_end") <= run_on).group_by("period_grain").agg(pl.all().max())
    root = facts.tree.filter(pl.col("parent_org_unit_id").is_null()).select("org_unit_id").unique().collect().item()
    return KpiCell.cast(
        _complete(
            latest.with_columns(
                pl.lit(kpi.id).alias("kpi_id"),
                pl.lit(kpi.version, dtype=pl.Int64).alias("definition_version"),
                pl.lit(DEFAULT).alias("component"),
                pl.lit(DEFAULT).alias("variant"),
                pl.lit(root).alias("org_unit_id"),
                pl.lit(0, dtype=pl.Int64).alias("org_level"),
                pl.lit(None, dtype=pl.Float64).alias("value"),
                pl.lit("source_missing").alias("state"),
                pl.lit(",".join(f"missing:{table}" for table in missing)).alias("flags"),
            )
        ).select(list(KpiCell.columns()))
    )


def _empty(contract: type) -> pl.DataFrame:
    return contract.create_empty()  # type: ignore[attr-defined, no-any-return]
