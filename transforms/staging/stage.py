"""The entrance of staging: one page of an export becomes contract rows, and every input row gets one fate."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.contracts import STAGED
from transforms.staging import (
    event_log,
    improvement,
    organisation,
    recognition,
    surveys,
    ticket_calendars,
    ticket_catalogue,
    tickets,
    told_measures,
)
from transforms.staging.checks import check_columns, check_mapping
from transforms.staging.duplicates import exact_copies, tells_rows_apart
from transforms.staging.errors import MappingError
from transforms.staging.mapping import SourceMapping
from transforms.staging.outcome import Outcome, PageReference, contract_frame, fate_frame
from transforms.staging.reading import FATES, ROW, Reading, read
from transforms.staging.survey_items import survey_items


@dataclass(frozen=True)
class StagedPage:
    """A page after staging.

    `tables`: rows by contract name, exactly the contract's columns and types; only tables the page can feed.
    `fates`: contract RowFate, one row for each input row that is *not* staged. `partial`: RowFate-shaped, one row
    for each *staged* input row of which some answers were refused. `n_rows`: input rows.
    """

    tables: dict[str, pl.DataFrame]
    fates: pl.DataFrame
    partial: pl.DataFrame
    n_rows: int


def stage_page(raw: pl.DataFrame, page: PageReference, mapping: SourceMapping, pseudonym_key: bytes) -> StagedPage:
    """Stage a page of text columns (null: missing); row 1 is the first row of `raw`.

    Raises MappingError when the mapping makes no sense or the export lacks a column it reads, ValueError for an
    empty pseudonym key. A bad row is never an error: it gets a fate and a reason.
    """
    check_mapping(mapping)
    check_columns(mapping, raw.columns, page.page_name)
    copies = exact_copies(raw) if tells_rows_apart(mapping) else FATES.to_frame()
    reading = _without(read(raw, mapping, pseudonym_key), copies)
    outcome = _staged(reading.rows, raw, page, mapping, pseudonym_key)
    return StagedPage(
        tables={name: contract_frame(STAGED[name], rows, mapping.name, page) for name, rows in outcome.tables.items()},
        fates=fate_frame(pl.concat([copies, reading.fates, outcome.fates]), mapping.name, page),
        partial=fate_frame(outcome.partial, mapping.name, page).with_columns(pl.lit("staged").alias("fate")),
        n_rows=raw.height,
    )


def _without(reading: Reading, copies: pl.DataFrame) -> Reading:
    return Reading(reading.rows.join(copies, on=ROW, how="anti"), reading.fates.join(copies, on=ROW, how="anti"))


def _staged(rows: pl.DataFrame, raw: pl.DataFrame, page: PageReference, mapping: SourceMapping, key: bytes) -> Outcome:
    grain = mapping.kind, mapping.grain
    if grain == ("tickets", "snapshot"):
        return tickets.snapshot(rows, mapping)
    if grain == ("tickets", "event_log"):
        return event_log.event_log(rows, mapping)
    if grain == ("tickets", "events"):
        return tickets.events(rows, mapping, key)
    if grain == ("tickets", "promises"):
        return tickets.promises(rows)
    if grain == ("tickets", "promise_events"):
        return told_measures.promise_events(rows)
    if grain == ("tickets", "calendars"):
        return ticket_calendars.calendars(rows, mapping)
    if grain == ("tickets", "closures"):
        return ticket_calendars.closures(rows)
    if grain == ("tickets", "metrics"):
        return told_measures.metrics(rows)
    if grain == ("tickets", "macros"):
        return ticket_catalogue.macros(rows, key)
    if grain == ("tickets", "eligible_categories"):
        return ticket_catalogue.eligible_categories(rows)
    if grain == ("tickets", "customer_organisations"):
        return ticket_catalogue.customer_organisations(rows)
    if grain == ("recognition", "snapshot"):
        return recognition.recognitions(rows, mapping, key)
    if grain == ("survey", "long_answers"):
        return surveys.long_answers(rows, page, mapping)
    if grain == ("survey", "wide_answers"):
        return surveys.wide_answers(rows, raw, page, mapping)
    if grain == ("survey", "invitations"):
        return surveys.invitations(rows, page, mapping)
    if grain == ("organisation", "org_units"):
        return organisation.org_units(rows)
    if grain == ("organisation", "person_aliases"):
        return organisation.person_aliases(rows)
    if grain == ("organisation", "roles"):
        return organisation.roles(rows)
    if grain == ("organisation", "initiatives"):
        return improvement.initiatives(rows)
    if grain == ("organisation", "targets"):
        return improvement.targets(rows)
    if grain == ("organisation", "improvements"):
        return improvement.improvements(rows)
    return organisation.memberships(rows)


__all__ = ["MappingError", "PageReference", "StagedPage", "stage_page", "survey_items"]
