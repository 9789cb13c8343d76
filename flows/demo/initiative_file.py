"""The list of initiatives as a communications department would keep it."""

from __future__ import annotations

import polars as pl

from flows.demo import plan
from flows.demo.design import Initiative


def initiative_rows(fading: Initiative) -> pl.DataFrame:
    """The initiative that fades and those that changed nothing: initiative, title, launched, hashtags, unit."""
    rows = [(it.id, it.name, it.launched_on, it.tag) for it in plan.RELAUNCHES]
    rows.append((fading.id, fading.name, fading.launched_on, fading.tag))
    schema = {"initiative": pl.String, "title": pl.String, "launched": pl.Date, "hashtags": pl.String}
    everybody = pl.lit(None, dtype=pl.String).alias("unit")
    return pl.DataFrame(rows, schema=schema, orient="row").sort("launched").with_columns(everybody)
