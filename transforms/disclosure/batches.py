"""Which KPIs are disclosed together.

No rule sets one KPI against another, so each could be disclosed by itself. Together they cost less time: each rule is
applied once. Of a large company they would take several times the memory of everything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from transforms.contracts.results import CellCrowd, CellPerson, KpiCell

if TYPE_CHECKING:
    from transforms.kpis.compute import KpiResult

Frames = tuple[pl.DataFrame, ...]  # cells, people, crowd
# People behind the cells of all KPIs of a batch, unless one KPI has more by itself.
MOST_PEOPLE = 300_000


@dataclass(frozen=True)
class Batch:
    """KPIs that are disclosed together: their ids, and their results of this run one below the other."""

    kpi_ids: Sequence[str]
    cells: pl.DataFrame
    people: pl.DataFrame
    crowd: pl.DataFrame


def in_batches(results: Sequence[KpiResult], ledger: pl.DataFrame) -> Iterator[Batch]:
    """Batches of all KPIs of `results` and of `ledger` (kpi_id), at least one; each KPI is in one batch, as a whole.

    The frames of a batch are KpiCell, CellPerson with categoricals for texts, and CellCrowd.
    """
    known = _of_each_kpi(results)
    waiting, people = list[str](), 0
    for kpi_id in sorted({*known, *ledger["kpi_id"].unique()}):
        more = sum(people.height for _, people, _ in known.get(kpi_id, ()))
        if waiting and people + more > MOST_PEOPLE:
            yield _batch(waiting, known)
            waiting, people = [], 0
        waiting.append(kpi_id)
        people += more
    yield _batch(waiting, known)


def _of_each_kpi(results: Sequence[KpiResult]) -> dict[str, list[Frames]]:
    """Cells, people and crowds of each KPI; a result may be of several KPIs, and a KPI may have several results."""
    found = defaultdict[str, list[Frames]](list)
    for result in results:
        frames = (result.cells, result.people, result.crowd)
        kpi_ids = pl.concat([frame["kpi_id"].unique().cast(pl.String) for frame in frames]).unique()
        for kpi_id in kpi_ids:
            own = frames if len(kpi_ids) == 1 else tuple(frame.filter(pl.col("kpi_id") == kpi_id) for frame in frames)
            found[kpi_id].append(own)
    return found


def _batch(kpi_ids: list[str], known: dict[str, list[Frames]]) -> Batch:
    cells, people, crowd = zip(
        tuple(contract.create_empty() for contract in (KpiCell, CellPerson, CellCrowd)),
        *(frames for kpi_id in kpi_ids for frames in known.get(kpi_id, ())),
        strict=True,
    )
    in_codes = (frame.with_columns(cs.string().cast(pl.Categorical)) for frame in people)
    return Batch(kpi_ids, pl.concat(cells), pl.concat(in_codes), pl.concat(crowd))
