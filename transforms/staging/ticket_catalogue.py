"""What a ticket system holds beside its tickets: canned answers, categories agents may decide in, organisations."""

from __future__ import annotations

import polars as pl

from transforms.staging.duplicates import newest
from transforms.staging.outcome import Outcome
from transforms.staging.text_features import fingerprints


def macros(rows: pl.DataFrame, key: bytes) -> Outcome:
    """One input row, one canned answer; the last row of a macro wins. Its text is left behind."""
    featured = rows.with_columns(fingerprints(rows["body"], key).alias("fingerprint")).drop("body")
    taken, older = newest(featured, ["macro_id"])
    return Outcome({"macro": taken}, older)


def eligible_categories(rows: pl.DataFrame) -> Outcome:
    """One input row, one category; the last row of a category wins."""
    taken, older = newest(rows, ["category"])
    return Outcome({"eligible_category": taken}, older)


def customer_organisations(rows: pl.DataFrame) -> Outcome:
    """One input row, one organisation of customers; the last row of an organisation wins."""
    taken, older = newest(
        rows.rename({"customer_organisation": "customer_organisation_id"}), ["customer_organisation_id"]
    )
    return Outcome({"customer_organisation": taken}, older)
