"""The columns that lead a staged row back to the input row it came from; row accounting stands on them."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import count, identifier


class Staged(dy.Schema):
    """Base of every staged contract. `(source, source_page, source_row)` names exactly one input row."""

    source = identifier("Name of the configured source the row came from.", primary_key=True)
    source_page = identifier("Content hash (first 16 hexadecimal digits of SHA-256) of the landed page.")
    source_row = count("Number of the input row in its page, from 1, header not counted.", unit="row")


LINEAGE = ("source", "source_page", "source_row")
