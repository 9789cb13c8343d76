"""Checks a source without storing anything: what it maps to, its first problems, what is missing."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator

import polars as pl

from flows.errors import ConfigurationError, SourcePermanentError
from flows.settings import Settings, SourceSettings
from flows.sources import files
from flows.sources.references import columns_read
from flows.sources.report import SHOWN, CheckedPage, MappedField, MissingField, RowProblem, SourceReport, render
from flows.sources.shape import shape_of
from transforms.staging.checks import mapping_problems
from transforms.staging.fields import fields_of
from transforms.staging.stage import MappingError, PageReference, StagedPage, stage_page
from transforms.staging.survey_items import survey_id_of

# Rare codes hide deep in a file: enough to meet them, little enough to answer in seconds.
CHECKED_ROWS = 200_000


def check_source(source: SourceSettings, settings: Settings, rows: int = CHECKED_ROWS) -> SourceReport:
    """The report on `source`, from the first `rows` rows of each of its pages.

    Nothing is raised for what is wrong with the source: `errors` and `exit_code` say it. People are made pseudonyms
    with a key that is thrown away, so that a source can be checked before a key exists.
    """
    found = (*mapping_problems(source), *_unanswered(source, settings))
    wrong = tuple(f'source "{source.name}": {problem}' for problem in found)
    if wrong:
        return _report(source, wrong, ConfigurationError.exit_code, [], None)
    key = secrets.token_bytes(32)
    pages: list[tuple[CheckedPage, StagedPage]] = []
    first: pl.DataFrame | None = None
    try:
        for page in files.fetch(source):
            raw = files.parse(page.payload, page.name, source)
            first = raw if first is None else first
            staged = stage_page(raw.head(rows), PageReference("0" * 16, page.name), source, key)
            pages.append((CheckedPage(page.name, raw.height, staged.n_rows), staged))
    except (SourcePermanentError, MappingError) as error:
        return _report(source, (str(error),), SourcePermanentError.exit_code, pages, first)
    return _report(source, (), 0, pages, first)


def _unanswered(source: SourceSettings, settings: Settings) -> Iterator[str]:
    """Invitations count for nothing unless another source holds the answers to the same survey."""
    answered = {
        survey_id_of(other) for other in settings.mappings if other.kind == "survey" and other.grain != "invitations"
    }
    survey = survey_id_of(source)
    if source.grain == "invitations" and survey not in answered:
        yield f'no source holds answers to survey "{survey}"; set survey to the name of the one that does'


def _report(
    source: SourceSettings,
    errors: tuple[str, ...],
    exit_code: int,
    pages: list[tuple[CheckedPage, StagedPage]],
    first: pl.DataFrame | None,
) -> SourceReport:
    tables: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    problems: list[RowProblem] = []
    for page, staged in pages:
        tables.update({name: frame.height for name, frame in staged.tables.items()})
        # What was refused comes before what was merely blank or repeated.
        refused = pl.concat([staged.fates, staged.partial]).sort(
            pl.col("fate").is_in(["unanswered", "superseded"]), "source_row", maintain_order=True
        )
        reasons.update(dict(refused.group_by("reason").len().sort("reason").iter_rows()))
        for row, column, reason in refused.select("source_row", "column_name", "reason").head(SHOWN).iter_rows():
            problems.append(RowProblem(page.page_name, row, column, reason))
    return SourceReport(
        source=source.name,
        kind=source.kind,
        grain=source.grain,
        errors=errors,
        exit_code=exit_code,
        pages=tuple(page for page, _ in pages),
        mapped=_mapped(source, first),
        missing=_missing(source),
        problems=tuple(problems[:SHOWN]),
        n_by_reason=dict(reasons.most_common()),
        n_by_table=dict(tables),
    )


def _mapped(source: SourceSettings, first: pl.DataFrame | None) -> tuple[MappedField, ...]:
    required = {field.name for field in fields_of(source.kind, source.grain) if field.required}
    present = first.columns if first is not None else []
    found = [
        MappedField(field, ", ".join(names), _cells(first, names, source), field in required)
        for field, names in columns_read(source, present).items()
    ]
    fixed = [
        MappedField(field, f'always "{value}"', "constant", field in required)
        for field, value in source.constants.items()
    ]
    return (*found, *fixed)


def _cells(first: pl.DataFrame | None, names: list[str], source: SourceSettings) -> str:
    if first is None:
        return ""
    return "; ".join(
        shape_of(first[name], source.null_values) if name in first.columns else "no such column" for name in names
    )


def _missing(source: SourceSettings) -> tuple[MissingField, ...]:
    given = {*source.columns, *source.constants}
    return tuple(
        MissingField(field.name, field.description, field.required, field.default)
        for field in fields_of(source.kind, source.grain)
        if field.name not in given
    )


__all__ = ["CHECKED_ROWS", "SourceReport", "check_source", "render"]
