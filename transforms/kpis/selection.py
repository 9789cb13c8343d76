"""Which parts of which KPIs a run computes; what is not selected stays as it is remembered.

A *part* is one KPI over one of its longest periods, shorter periods inside it included: a quarter with its months. It
is the smallest piece that can be computed and disclosed by itself. Disclosure sets a quarter against its months, months
against their weeks and a cell against its components and neighbours in the tree, but never two quarters or two KPIs
against one another. A week belongs to the quarter in which it begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import RegisteredKpi
from transforms.periods import longest_grain, period_end, period_start, periods_between

PART = ("kpi_id", "part_start")
_SCHEMA = {"kpi_id": pl.String, "part_start": pl.Date}


@dataclass(frozen=True)
class Selection:
    """Parts to compute (`parts`: kpi_id, part_start), and KPIs to compute over all time (`whole`)."""

    parts: pl.DataFrame
    whole: frozenset[str] = frozenset()

    @classmethod
    def everything(cls, declarations: Sequence[RegisteredKpi]) -> Selection:
        """Every KPI over all time."""
        return cls(pl.DataFrame(schema=_SCHEMA), frozenset(one.kpi.id for one in declarations))

    @classmethod
    def of_starts(cls, starts: Iterable[tuple[str, dt.date]], whole: Iterable[str] = ()) -> Selection:
        """The parts named by KPI and first day."""
        return cls(pl.DataFrame(sorted(set(starts)), schema=_SCHEMA, orient="row"), frozenset(whole))

    @property
    def kpi_ids(self) -> frozenset[str]:
        """The KPIs of which anything is selected."""
        return self.whole | frozenset(self.parts["kpi_id"])

    def starts(self, kpi_id: str) -> tuple[dt.date, ...] | None:
        """First days of the selected parts of a KPI, in order; None where it is selected over all time."""
        if kpi_id in self.whole:
            return None
        return tuple(self.parts.filter(pl.col("kpi_id") == kpi_id)["part_start"].sort())

    @property
    def possible(self) -> pl.Expr:
        """What rows (with kpi_id and period_start) of selected parts have in common, to be asked of a stored table."""
        earliest = self.parts.group_by("kpi_id").agg(pl.col("part_start").min()).sort("kpi_id")
        since = ((pl.col("kpi_id") == kpi_id) & (pl.col("period_start") >= first) for kpi_id, first in earliest.rows())
        return pl.any_horizontal(pl.col("kpi_id").is_in(sorted(self.whole)), *since)

    def selected(self, rows: pl.DataFrame, declarations: Sequence[RegisteredKpi]) -> pl.DataFrame:
        """The rows (with kpi_id and period_start) of selected parts."""
        return self.split(rows, declarations)[0]

    def others(self, rows: pl.DataFrame, declarations: Sequence[RegisteredKpi]) -> pl.DataFrame:
        """The rows of all other parts; those of a KPI or definition that is not declared any more are left out."""
        return self.split(rows, declarations)[1]

    def split(self, rows: pl.DataFrame, declarations: Sequence[RegisteredKpi]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Both: `selected` and `others`."""
        is_selected = self._are_selected(rows, declarations)
        declared = pl.DataFrame(
            [(one.kpi.id, one.kpi.version) for one in declarations],
            schema={"kpi_id": pl.String, "definition_version": pl.Int64},
            orient="row",
        )
        key = [name for name in declared.columns if name in rows.columns]
        others = rows.filter(~is_selected).join(declared, on=key, how="semi", maintain_order="left")
        return rows.filter(is_selected), others

    def _are_selected(self, rows: pl.DataFrame, declarations: Sequence[RegisteredKpi]) -> pl.Series:
        places = rows.select("kpi_id", "period_start")
        # Few periods repeat in many rows.
        parts = with_part(places.unique(), declarations).join(self.parts, on=PART, how="semi")
        is_part = pl.lit(True).alias("is_part")
        marked = places.join(
            parts.select(places.columns).with_columns(is_part), on=places.columns, how="left", maintain_order="left"
        )
        return marked.select(
            (pl.col("is_part").fill_null(False) | pl.col("kpi_id").is_in(sorted(self.whole))).alias("is_selected")
        ).to_series()


def with_part(rows: pl.DataFrame, declarations: Sequence[RegisteredKpi]) -> pl.DataFrame:
    """`rows` (with kpi_id and period_start) and `part_start`, first day of the part they belong to.

    It is null for a KPI that is not declared.
    """
    by_grain: dict[str, list[str]] = {}
    for one in declarations:
        by_grain.setdefault(longest_grain(one.kpi.grains), []).append(one.kpi.id)
    starts = [
        pl.when(pl.col("kpi_id").is_in(ids)).then(period_start(pl.col("period_start"), grain))
        for grain, ids in by_grain.items()
    ]
    return rows.with_columns(pl.coalesce(*starts, pl.lit(None, dtype=pl.Date)).alias("part_start"))


def parts_between(kpi: Kpi, first_on: dt.date, last_on: dt.date, run_on: dt.date) -> tuple[dt.date, ...]:
    """First days of the parts of which a period holds a day of `first_on..last_on` and has ended by `run_on`."""
    if first_on > min(last_on, run_on):
        return ()
    periods = periods_between(first_on, min(last_on, run_on), kpi.grains).filter(pl.col("period_end") <= run_on)
    starts = periods.select(period_start(pl.col("period_start"), longest_grain(kpi.grains)).unique().sort())
    return tuple(starts.to_series())


def part_end(kpi: Kpi, part_start: dt.date) -> dt.date:
    """Last day of a part."""
    ends = pl.select(period_end(pl.lit(part_start), longest_grain(kpi.grains))).item()
    assert isinstance(ends, dt.date)
    return ends
