"""Contracts of the lake's own tables: landing, quarantine and fates. Restricted; never in a warehouse."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, flag, identifier, text, timestamp
from transforms.contracts.lineage import Staged
from transforms.contracts.marts import FATES


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
