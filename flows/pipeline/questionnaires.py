"""The items of a survey whose tool describes its questions, as the newest landed description has them."""

from __future__ import annotations

import polars as pl

from flows.lake import Lake
from flows.pipeline.pulling import TABLE
from flows.settings import LiveSource, Source
from flows.sources.described import described_by, questionnaire_of


def as_described(source: Source, lake: Lake) -> Source:
    """`source` with its items' keys, texts and scales from the description; unchanged where there is none.

    A description that changed gives another mapping, so landed responses are read again. Raises SourcePermanentError
    for what the survey does not have.
    """
    if not isinstance(source, LiveSource) or (questionnaire := questionnaire_of(source)) is None:
        return source
    of_endpoint = (pl.col("source") == source.name) & (pl.col("endpoint") == questionnaire.endpoint)
    pages = lake.read(TABLE).filter(of_endpoint & pl.col("is_complete"))["pages"].explode(empty_as_null=False)
    return described_by(source, questionnaire, lake.payload(source.name, pages[-1])) if pages.len() else source
