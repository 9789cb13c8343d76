"""The demo company staged in memory: no lake, no warehouse, and no gate that has judged a row."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from unittest import mock

import polars as pl

from flows.demo.generate import generate
from flows.settings import Settings, SourceSettings, load_settings
from flows.sources import files
from transforms.contracts import STAGED
from transforms.facts import Context
from transforms.staging.stage import PageReference, stage_page, survey_items

_PAGE = "0" * 16


def staged_demo(folder: Path, *, seed: int, scale: float, end_on: dt.date) -> tuple[dict[str, pl.DataFrame], Context]:
    """Every staged table of a demo that ends on `end_on`, and the context of the night of that day."""
    with mock.patch.dict(os.environ, {"CULTURE_KPIS_PSEUDONYM_KEY": "the people of the demo are invented"}):
        settings = load_settings(generate(folder, seed=seed, scale=scale, end_on=end_on).configuration)
    return staged(settings), settings.context(end_on)


def staged(settings: Settings) -> dict[str, pl.DataFrame]:
    """Every table that the sources of a configuration feed."""
    key = settings.pseudonym_key()
    parts: dict[str, list[pl.DataFrame]] = {}
    for source in settings.sources:
        assert isinstance(source, SourceSettings)
        if source.kind == "survey":
            parts.setdefault("survey_item", []).append(survey_items(source))
        for page in files.fetch(source):
            raw = files.parse(page.payload, page.name, source)
            for name, frame in stage_page(raw, PageReference(_PAGE, page.name), source, key).tables.items():
                parts.setdefault(name, []).append(frame)
    return {
        name: pl.concat(frames).unique(STAGED[name].primary_key(), keep="first", maintain_order=True)
        for name, frames in parts.items()
    }
