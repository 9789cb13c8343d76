"""Scale maps: which points of an answer scale are favourable, neutral and unfavourable. Versioned data.

A published number names the version it was computed with; a map is never edited, a new version is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

CURRENT_VERSION = 1


@dataclass(frozen=True)
class Scale:
    """One scale of whole points. Favourable from `lowest_favourable` up, neutral from `lowest_neutral` up to there.

    A scale without a middle has `lowest_neutral == lowest_favourable`.
    """

    scale_id: str
    lowest: int
    highest: int
    lowest_favourable: int
    lowest_neutral: int


# Favourable points: the catalogue of KPIs, section 0. The unfavourable end mirrors the favourable one (5 points: 1-2
# against 4-5), except 0-10, where the promoter score fixes it: 0-6 unfavourable, 7-8 neutral, 9-10 favourable.
_VERSION_1 = (
    Scale("1-4", 1, 4, lowest_favourable=3, lowest_neutral=3),
    Scale("1-5", 1, 5, lowest_favourable=4, lowest_neutral=3),
    Scale("1-7", 1, 7, lowest_favourable=6, lowest_neutral=3),
    Scale("1-10", 1, 10, lowest_favourable=8, lowest_neutral=4),
    Scale("0-10", 0, 10, lowest_favourable=9, lowest_neutral=7),
    # A yes or no, such as a code that somebody gave a comment.
    Scale("0-1", 0, 1, lowest_favourable=1, lowest_neutral=1),
)
SCALE_MAPS: dict[int, dict[str, Scale]] = {1: {scale.scale_id: scale for scale in _VERSION_1}}


def scale_of(points: Sequence[str]) -> str | None:
    """The scale of the current version whose points are exactly these, written as numbers; None where there is none."""
    for scale in SCALE_MAPS[CURRENT_VERSION].values():
        if sorted(points) == sorted(str(point) for point in range(scale.lowest, scale.highest + 1)):
            return scale.scale_id
    return None


def scale_frame() -> pl.DataFrame:
    """Every scale of every version, for joins.

    Shape: scale_map_version, scale_id, lowest, highest, lowest_favourable, lowest_neutral; points as Float64, the
    type of an answer.
    """
    rows = [
        {
            "scale_map_version": version,
            "scale_id": scale.scale_id,
            "lowest": float(scale.lowest),
            "highest": float(scale.highest),
            "lowest_favourable": float(scale.lowest_favourable),
            "lowest_neutral": float(scale.lowest_neutral),
        }
        for version, scales in SCALE_MAPS.items()
        for scale in scales.values()
    ]
    return pl.DataFrame(rows, schema_overrides={"scale_map_version": pl.Int64})
