"""Rules of recognition."""

from __future__ import annotations

import polars as pl

from transforms.rules.declaration import Rule, Tables, judged


def _receiver_equals_giver(candidates: Tables, known: Tables) -> pl.LazyFrame:
    giver = pl.col("giver_key")
    return judged(candidates["recognition"], "recognition", giver.is_null() | (giver != pl.col("receiver_key")))


RULES = (
    Rule(
        id="receiver_equals_giver",
        table="recognition",
        severity="warning",
        description="A person recognised themselves: kept, and left out of every KPI.",
        check=_receiver_equals_giver,
    ),
)
