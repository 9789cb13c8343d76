"""Staging of one source: landed pages -> contract rows -> gate 1 -> lake, with a fate for every input row.

Pages are staged in batches (`batches.py`). A batch is marked as staged last, so a run that dies in between stages the
same batch again: merges are by key, fates and accounting by page, and nothing doubles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.boundaries import passed
from flows.errors import DataQualityError
from flows.lake import Lake
from flows.pipeline.batches import Batch, batches_of
from flows.pipeline.night import Night
from flows.pipeline.questionnaires import as_described
from flows.pipeline.readings import delete_gone, mark_readings, with_versions
from flows.settings import LiveSource, Settings, Source
from flows.sources.reading import PageReader, reader_of
from transforms.contracts import LINEAGE, STAGED
from transforms.contracts.marts import MetaRowAccounting, MetaValidation
from transforms.contracts.state import QuarantinedRow, RowFate
from transforms.staging.records import StagedPages, outdated
from transforms.staging.stage import PageReference, survey_items
from transforms.texts import filled

_NEWEST_BY = {"ticket": "updated_at", "ticket_metric": "updated_at"}
# A table comes after those its cross-table rules look things up in.
_STAGE_ORDER = (
    "org_units",
    "memberships",
    "person_aliases",
    "roles",
    "initiatives",
    "targets",
    "customer_organisations",
    "snapshot",
    "event_log",
    "events",
    "promises",
    "promise_events",
    "calendars",
    "closures",
    "metrics",
    "macros",
    "eligible_categories",
    "long_answers",
    "wide_answers",
    "invitations",
    "improvements",
)
# Fewer rows of a live source than this tell nothing when all are refused: a night may bring one edit, and a bad one.
_A_FEW_ROWS = 10
_PAGE_KEY = ("source", "source_page")
_PLACE = ("source_page", "source_row")
_ROW_KEY = (*_PAGE_KEY, "source_row")


@dataclass(frozen=True)
class StagedSource:
    """What became of the input rows of one source's new pages."""

    n_pages: int
    n_rows: int
    by_fate: dict[str, int]
    warnings: tuple[str, ...]


def summary(outcome: StagedSource) -> str:
    """One line on what became of the rows: `41,712 rows: 41,700 staged, 12 quarantined`."""
    if not outcome.n_pages:
        return "nothing new"
    fates = ", ".join(f"{count:,} {fate}" for fate, count in outcome.by_fate.items())
    return f"{outcome.n_rows:,} rows: {fates}"


def in_stage_order(sources: list[Source]) -> list[Source]:
    """Sources such that what one refers to is staged before it; otherwise as configured."""
    return sorted(sources, key=lambda source: min(_STAGE_ORDER.index(mapping.grain) for mapping in source.mappings))


def stage(source: Source, settings: Settings, lake: Lake, night: Night, again: bool) -> StagedSource:
    """Stage the waiting pages of a source (all of them with `again`) and account for every row.

    Raises SourcePermanentError for a page the mapping does not fit, DataQualityError when a critical rule fails.
    """
    source = as_described(source, lake)
    reader = reader_of(source)
    results: list[pl.DataFrame] = []
    outcomes = [
        _stage_batch(batch, source, reader, settings, lake, night, results)
        for batch in batches_of(source, lake, reader.mapping_hash(), again)
    ]
    by_fate: Counter[str] = Counter()
    for outcome in outcomes:
        by_fate.update(outcome.by_fate)
    return StagedSource(
        sum(outcome.n_pages for outcome in outcomes),
        by_fate.total(),
        dict(sorted(by_fate.items())),
        tuple(dict.fromkeys(line for outcome in outcomes for line in outcome.warnings)),
    )


def _stage_batch(
    batch: Batch,
    source: Source,
    reader: PageReader,
    settings: Settings,
    lake: Lake,
    night: Night,
    results: list[pl.DataFrame],
) -> StagedSource:
    """Stage one batch. `results` is what gate 1 found in the batches before (MetaValidation); this one is added."""
    from expectations.gate import judge_staged  # noqa: PLC0415 - Great Expectations takes seconds to import

    key = settings.pseudonym_key()
    names = dict(batch.pages.select("source_page", "page_name").iter_rows())
    payloads = lake.payloads(source.name, list(names))
    staged = reader.stage([(PageReference(page, name), payloads[page]) for page, name in names.items()], key)
    if batch.is_outdated:
        staged = outdated(staged, source.name)
    candidates = with_versions(batch, source, staged, lake, settings.organisation.timezone)
    for mapping in source.mappings:
        if mapping.kind == "survey" and mapping.item:
            lake.merge("survey_item", survey_items(mapping))
    history = lake.read("meta_row_accounting")
    is_live = isinstance(source, LiveSource)
    n_rows = staged.n_rows()
    may_be_empty = source.allow_empty or (is_live and sum(n_rows.values()) < _A_FEW_ROWS)
    verdict = judge_staged(candidates, _Known(lake), history, night.run_id, source.name, allow_empty=may_be_empty)
    if verdict.blocked:
        raise DataQualityError("; ".join(verdict.reasons))
    fates, partly = _fates(staged, verdict.rejected, verdict.accepted)
    page_rows = {page: n_rows.get(page, 0) for page in names}
    staged_before = batch.pages.filter("is_staged")["source_page"].to_list()
    delete_gone(batch, source, candidates, lake)
    for table in STAGED:
        if table != "survey_item":
            frame = verdict.accepted.get(table)
            # What an earlier mapping made of the same pages and this one does not.
            lake.delete_pages(table, source.name, staged_before, keep=frame)
            if frame is not None and frame.height:
                lake.merge(table, frame, newest_by=_NEWEST_BY.get(table))
    passed(f"staged:{source.name}")
    _quarantine(lake, source.name, staged_before, pl.concat([fates, partly]), staged.received, night)
    accounting = _account(source.name, page_rows, names, fates, night)
    lake.delete_pages("meta_row_accounting", source.name, staged_before, keep=accounting)
    lake.merge("meta_row_accounting", accounting)
    results.append(verdict.results)
    lake.replace_where("meta_validation", _summed(results), source=source.name, gate="staged")
    passed(f"accounted:{source.name}")
    lake.mark_staged(source.name, page_rows, reader.mapping_hash())
    mark_readings(batch, source.name, lake)
    passed(f"marked:{source.name}")
    by_fate = dict(accounting.group_by("fate").agg(pl.col("n_rows").sum()).iter_rows())
    return StagedSource(len(page_rows), sum(by_fate.values()), by_fate, verdict.warnings)


class _Known(Mapping[str, pl.LazyFrame]):
    """The staged tables as the lake holds them; most of them nobody looks at, and to open one takes milliseconds."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def __getitem__(self, table: str) -> pl.LazyFrame:
        if table not in STAGED:
            raise KeyError(table)
        return self._lake.scan(table)

    def __iter__(self) -> Iterator[str]:
        return iter(STAGED)

    def __len__(self) -> int:
        return len(STAGED)


def _summed(results: list[pl.DataFrame]) -> pl.DataFrame:
    """The checks of several batches as one: rows add up. What is critical for one of them is critical."""
    together = pl.concat(results)
    severest = pl.col("severity").sort_by(pl.col("severity") != "critical").first()
    return (
        together.group_by(MetaValidation.primary_key(), maintain_order=True)
        .agg(severest, pl.col("n_checked", "n_failed").sum(), pl.col("is_passed").all())
        .select(together.columns)
    )


def _fates(
    staged: StagedPages, rejected: pl.DataFrame, accepted: dict[str, pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fates of the input rows not staged, and of rejected parts of input rows that are staged otherwise.

    An input row that gave several contract rows (a questionnaire) is staged when any of them was accepted.
    """
    columns = list(RowFate.columns())
    own = staged.fates.select(columns)
    parts = pl.concat([staged.partial.select(columns), rejected.select(columns)]).unique(
        subset=_ROW_KEY, keep="first", maintain_order=True
    )
    none = RowFate.create_empty().select(LINEAGE)
    told = (frame.select(LINEAGE).join(parts, on=LINEAGE, how="semi") for frame in accepted.values())
    alive = pl.concat([none, *told]).unique()
    lost = parts.join(alive, on=LINEAGE, how="anti").join(own, on=_ROW_KEY, how="anti")
    partly = parts.join(alive, on=LINEAGE, how="semi").with_columns(pl.lit("staged").alias("fate"))
    return pl.concat([own, lost]), partly


def _quarantine(
    lake: Lake,
    source: str,
    staged_before: list[str],
    fates: pl.DataFrame,
    received: Sequence[pl.DataFrame],
    night: Night,
) -> None:
    """Keep every fate but `staged`, and what was rejected as received, with its reason."""
    rejected = fates.filter((pl.col("fate") == "quarantined") | (pl.col("fate") == "staged"))
    frames = [QuarantinedRow.create_empty()]
    for rows in received:
        raw = pl.col("row").struct.json_encode().alias("raw_json")
        kept = rows.join(rejected, on=_PLACE, how="semi").select(*_PLACE, "page_name", raw)
        found = rejected.join(kept, on=_PLACE).with_columns(pl.lit(night.started_at).alias("quarantined_at"))
        frames.append(QuarantinedRow.validate(found.select(list(QuarantinedRow.columns())), cast=True))
    for table, frame in (("quarantine", pl.concat(frames)), ("row_fate", fates)):
        lake.delete_pages(table, source, staged_before, keep=frame)
        lake.merge(table, frame)
    passed(f"quarantined:{source}")


def _account(
    source: str, page_rows: dict[str, int], names: dict[str, str], fates: pl.DataFrame, night: Night
) -> pl.DataFrame:
    """Input rows per page, fate and reason; the rows without another fate are staged."""
    totals = pl.DataFrame(
        [(page, names[page], n_rows) for page, n_rows in page_rows.items()],
        schema={"source_page": pl.String, "page_name": pl.String, "n_total": pl.Int64},
        orient="row",
    )
    others = (
        fates.with_columns(filled("{}{}", "reason", filled(" ({})", "column_name").fill_null("")).alias("reason"))
        .group_by("source_page", "fate", "reason")
        .agg(pl.len().cast(pl.Int64).alias("n_rows"))
    )
    lost = others.group_by("source_page").agg(pl.col("n_rows").sum().alias("n_lost"))
    kept = totals.join(lost, on="source_page", how="left").select(
        "source_page",
        pl.lit("staged").alias("fate"),
        pl.lit("").alias("reason"),
        (pl.col("n_total") - pl.col("n_lost").fill_null(0)).alias("n_rows"),
    )
    return MetaRowAccounting.validate(
        pl.concat([kept, others.select(kept.columns)])
        .join(totals.select("source_page", "page_name"), on="source_page")
        .with_columns(
            pl.lit(source).alias("source"),
            pl.lit(night.as_of).alias("as_of"),
            pl.lit(night.run_id).alias("run_id"),
        )
        .select(list(MetaRowAccounting.columns()))
        .sort(MetaRowAccounting.primary_key()),
        cast=True,
    )
