"""The moments at which something happens to a row of each staged table that has any."""

from __future__ import annotations

import polars as pl

TIMES = {
    "ticket": ("created_at", "solved_at", "closed_at", "updated_at"),
    "ticket_event": ("at",),
    "promise": ("began_at", "target_at", "fulfilled_at", "closed_at"),
    "promise_event": ("at",),
    "ticket_metric": ("updated_at",),
    "person_role": ("valid_from_at",),
    "recognition": ("at",),
    "survey_response": ("answered_at",),
    "invitation": ("sent_at",),
    "improvement_event": ("at",),
    "customer_organisation": (),  # moves no number, only a name that tickets show
}


def happens(table: str, first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Whether something happens to a row from the one moment to the other."""
    return pl.any_horizontal(pl.col(column).is_between(first, last) for column in TIMES[table])


def happens_since(table: str, first: pl.Expr) -> pl.Expr:
    """Whether something happens to a row at the moment or later."""
    return pl.any_horizontal(pl.col(column) >= first for column in TIMES[table])
