"""Shares as `planted_truths.json` writes them, and rows of one department."""

from __future__ import annotations

import polars as pl

from flows.demo.company import DEMO
from flows.demo.design import Department

Share = dict[str, float | int]


def share(hits: float, of: float) -> Share:
    """A share with what it is made of."""
    return {"numerator": int(hits), "denominator": int(of), "value": round(hits / of, 6) if of else 0.0}


def of_department(rows: pl.DataFrame, column: str, department: Department) -> pl.DataFrame:
    """Rows of the department's teams, by the team in `column`."""
    return rows.filter(pl.col(column).is_in(DEMO.teams_of(department)))
