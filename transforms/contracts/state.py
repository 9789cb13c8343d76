"""Contracts of the lake's own tables: landing, quarantine and fates. Restricted; never in a warehouse."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, day, flag, identifier, number, text, timestamp
from transforms.contracts.lineage import Staged
from transforms.contracts.marts import FATES
from transforms.contracts.results import CellCrowd, CellPerson, KpiCell
from transforms.contracts.roll_up import FctKpiSignal


class LandedPage(dy.Schema):
    """A page as received. Grain: source x page. The bytes lie beside it in parts of at most 64 MiB."""

    source = identifier("Source.", primary_key=True)
    source_page = identifier("First 16 hexadecimal digits of the SHA-256 of source, name and bytes.", primary_key=True)
    page_name = text("File, or `archive.zip!file` inside an archive.", nullable=False)
    n_bytes = count("Size as received.", unit="byte")
    n_rows = count("Input rows read from it when it was staged; their fates add up to it.", nullable=True, unit="row")
    landed_at = timestamp("When it was landed.")
    mapping_hash = identifier("Hash of the mapping it was staged with; another mapping stages it again.", nullable=True)
    is_staged = flag("Its rows are staged and accounted for.")


def _page_ids(description: str, *, nullable: bool = False) -> dy.List:
    metadata = {"severity": "row", "pii": False, "unit": None}
    return dy.List(dy.String(), nullable=nullable, description=description, metadata=metadata)


class SourceCursor(dy.Schema):
    """How far a live source has been pulled. Grain: source x endpoint x scope. It moves after the pages are landed.

    A scope is what one walk over an endpoint's pages covers: everything (empty name), or a window by its first moment.
    """

    source = identifier("Source.", primary_key=True)
    endpoint = identifier("Endpoint of its connector.", primary_key=True)
    scope = text(
        "Window by its first moment; empty where the endpoint has no windows.", nullable=False, primary_key=True
    )
    position = text(
        "Where to go on, as JSON: parameters or link of the next page, and when the walk began.", nullable=False
    )
    covered_until = timestamp("Moment up to which the last complete walk told everything.", nullable=True)
    is_complete = flag("The walk has come to its end.")
    pages = _page_ids("Landed pages of the walk, where a walk says everything about its scope; else empty.")
    staged_pages = _page_ids("The same of the walk that was staged last; null where none was.", nullable=True)
    moved_at = timestamp("When it last moved.")


class RowFate(Staged):
    """What became of one input row that was not staged, and why."""

    source_row = count("Number of the input row in its page, from 1.", primary_key=True, unit="row")
    source_page = identifier("Landed page.", primary_key=True)
    fate = code(FATES, "What became of it.")
    reason = text("Rule that decided, from a fixed list, with the column's name.", nullable=False)
    column_name = text("Column of the export at fault.")


class QuarantinedRow(RowFate):
    """A rejected input row, kept as received so that it can be retried."""

    page_name = text("File it came from.", nullable=False)
    raw_json = text("The row as received.", nullable=False, pii=True)
    quarantined_at = timestamp("When.")


class NightVersion(dy.Schema):
    """Which version of each lake table a night ended with: what it takes to know again what it knew."""

    run_on = day("The night's date.", primary_key=True)
    table_name = identifier("Table of the lake.", primary_key=True)
    version = count("Delta version at the end of the night's newest run.", unit="version")
    recorded_at = timestamp("When that was recorded.")


class ComputedState(dy.Schema):
    """What the last night's numbers rest on, by name; the next night tells by it what changed."""

    name = identifier("What.", primary_key=True)
    value = text("Its value.", nullable=False)


class Witness(dy.Schema):
    """A ticket that shows what is said about all tickets of a source or team."""

    what = text("What it shows.", nullable=False, primary_key=True)
    ticket_id = identifier("Ticket.")
    first_at = timestamp("Since when, where that matters.", nullable=True)


class TargetValue(dy.Schema):
    """An exact number of a KPI that a target names, so that a later night need not compute it again. Restricted."""

    kpi_id = identifier("KPI.", primary_key=True)
    org_unit_id = identifier("Unit.", primary_key=True)
    period_grain = identifier("Grain of the period.", primary_key=True)
    period_start = day("First day of the period.", primary_key=True)
    value = number("Its number before disclosure: component and variant `main`.", nullable=False)


class KnownSignal(FctKpiSignal):
    """A signal as it was judged last, so that a later night need not judge it again."""

    inputs = identifier("Hash of all that the signals whose period ends on the same day are derived from.")


class BackfillChunk(dy.Schema):
    """A piece of a backfill that is computed and waits for the rest; an interrupted backfill goes on after it."""

    backfill_id = identifier("Backfill.", primary_key=True)
    chunk = identifier("Quarter in which its parts begin, as 2026-Q1.", primary_key=True)
    n_parts = count("Parts computed.", unit="part")
    seconds = number("Wall time it took.")


class BackfillCell(KpiCell):
    """A cell of such a piece."""

    backfill_id = identifier("Backfill.", primary_key=True)
    chunk = identifier("Piece.")


class BackfillPerson(CellPerson):
    """Who stands behind it."""

    backfill_id = identifier("Backfill.", primary_key=True)
    chunk = identifier("Piece.")


class BackfillCrowd(CellCrowd):
    """How many stand behind it where answers carry no person."""

    backfill_id = identifier("Backfill.", primary_key=True)
    chunk = identifier("Piece.")
