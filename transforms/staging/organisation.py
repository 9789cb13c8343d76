"""The organisation: versions of its units, stays of people in them, and what else people are known as."""

from __future__ import annotations

import polars as pl

from transforms.contracts.columns import EARLIEST
from transforms.staging.duplicates import newest
from transforms.staging.outcome import Outcome


def org_units(rows: pl.DataFrame) -> Outcome:
    """One input row, one version of a unit; the last row of a version wins."""
    dated = rows.with_columns(
        pl.col("valid_from_on").fill_null(EARLIEST.date()), pl.coalesce("org_unit_name", "org_unit_id")
    )
    taken, older = newest(dated, ["org_unit_id", "valid_from_on"])
    return Outcome({"org_unit": taken.rename({"parent": "parent_org_unit_id"})}, older)


def person_aliases(rows: pl.DataFrame) -> Outcome:
    """One input row, one other name of a person; the same said twice is said once."""
    taken, older = newest(rows, ["alias", "person"])
    return Outcome({"person_alias": taken.rename({"alias": "alias_key", "person": "person_key"})}, older)


def memberships(rows: pl.DataFrame) -> Outcome:
    """One input row, one stay of a person in a unit; the last row of a stay wins."""
    taken, older = newest(rows, ["person", "team", "valid_from_on"])
    return Outcome(
        {"membership": taken.rename({"person": "person_key", "team": "org_unit_id", "manager": "manager_key"})}, older
    )


def roles(rows: pl.DataFrame) -> Outcome:
    """One input row, a person in the role they were seen in; the last row of a moment wins."""
    taken, older = newest(rows, ["person", "valid_from_at"])
    return Outcome({"person_role": taken.rename({"person": "person_key"})}, older)
