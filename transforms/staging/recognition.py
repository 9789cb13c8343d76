"""Peer recognition: one row per message and receiver, with what is kept of its text."""

from __future__ import annotations

import polars as pl

from transforms.staging.duplicates import newest
from transforms.staging.mapping import SourceMapping
from transforms.staging.outcome import Outcome
from transforms.staging.text_features import fingerprints, length_without_tags, tags_in, without_templates


def recognitions(rows: pl.DataFrame, mapping: SourceMapping, key: bytes) -> Outcome:
    """One input row, one recognition to one receiver. One to oneself is staged; the KPIs leave it out.

    Without a column for them the tags are the #tags of the message. Text of the mapping's `message_templates` is taken
    out before length and fingerprint.
    """
    taken, older = newest(rows, ["recognition_id", "receiver"], ["at"])
    is_tagged = "tags" in {*mapping.columns, *mapping.constants}
    written = without_templates(pl.col("message"), mapping.message_templates)
    featured = taken.with_columns(written).with_columns(
        (pl.col("tags").fill_null([]) if is_tagged else tags_in(pl.col("message"))).alias("tags"),
        length_without_tags(pl.col("message")).alias("message_length"),
        fingerprints(taken.select(written).to_series(), key).alias("message_fingerprint"),
        pl.len().over("recognition_id").cast(pl.Int64).alias("group_size"),
        pl.col("is_private").fill_null(False),
    )
    named = featured.drop("message").rename(
        {
            "receiver": "receiver_key",
            "giver": "giver_key",
            "giver_team": "giver_org_unit_id",
            "receiver_team": "receiver_org_unit_id",
        }
    )
    return Outcome({"recognition": named}, older)
