"""Exact results as tests compare them: people by texts, where a run holds codes."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import polars.selectors as cs

from transforms.kpis.compute import KpiResult


def in_texts(result: KpiResult) -> KpiResult:
    """The same result, of which the people hold texts instead of categoricals."""
    return replace(result, people=result.people.with_columns(cs.categorical().cast(pl.String)))
