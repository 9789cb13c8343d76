"""A small organisation in which a test says who did what in which unit."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.contracts.results import Publication
from transforms.disclosure import Disclosure, disclose
from transforms.facts import Context, Facts
from transforms.kpis.compute import compute
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.registry import RegisteredKpi

RUN_ON = dt.date(2026, 7, 15)
MARCH = dt.date(2026, 3, 10)
Row = tuple[str, int, float]  # unit, person, outcome 0 or 1
_ROW = {"source": "hr", "source_page": "0", "source_row": 1, "valid_from_on": dt.date(1990, 1, 1)}
_DECLARED = {
    "id": "kind_words",
    "version": 1,
    "title": "Kind words",
    "sources": ("tickets",),
    "needs": ("ticket",),
    "formula": "kind / all",
    "unit": "share",
    "direction": "up",
    "grains": ("month",),
    "unit_of_analysis": "person",
    "person_based": True,
    "people": ("respondents",),
    "bounds": (0.0, 1.0),
    "anchors": (0.0, 1.0),
    "pitfalls": ("none",),
    "estimate": proportion,
}


@dataclass
class World:
    """Units with their parents, and the ledger and the mart that its nights leave behind."""

    parents: Mapping[str, str | None]
    ledger: pl.DataFrame = field(default_factory=Publication.create_empty)
    mart: pl.DataFrame | None = None

    def facts(self) -> Facts:
        units = [_ROW | {"org_unit_id": unit, "parent_org_unit_id": above} for unit, above in self.parents.items()]
        org_unit = pl.DataFrame(units, schema=STAGED["org_unit"].create_empty().schema)
        return Facts({"org_unit": org_unit, "ticket": STAGED["ticket"].create_empty()}, Context(run_on=RUN_ON))

    def night(self, *kpis: RegisteredKpi, run_id: str = "run-1", later: int = 0, minimum_group: int = 5) -> Disclosure:
        """One run over the KPIs, `later` days after the first; ledger and mart keep what it leaves."""
        facts = self.facts()
        results = [compute(one, facts) for one in kpis]
        periods = pl.concat(r.cells.select("period_grain", "period_start", "period_end") for r in results).unique()
        disclosed = disclose(
            results,
            kpis,
            ancestors=facts.ancestors(periods),
            ledger=self.ledger,
            previous=self.mart,
            context=Context(run_on=RUN_ON + dt.timedelta(days=later), minimum_group=minimum_group),
            run_id=run_id,
        )
        self.ledger = pl.concat([self.ledger, disclosed.ledger_additions])
        self.mart = disclosed.rows
        return disclosed

    @staticmethod
    def kpi(observations: pl.DataFrame, **changes: object) -> RegisteredKpi:
        """A person-based share by month, unless `changes` says otherwise."""
        declared = Kpi(**(_DECLARED | changes))  # type: ignore[arg-type]
        return RegisteredKpi(declared, "outcomes", "Kind words.", lambda _facts: observations.lazy())

    @staticmethod
    def rows(happened: Iterable[Row], on: dt.date = MARCH, **constants: object) -> pl.DataFrame:
        """Observations of respondents, one per (unit, person, outcome)."""
        return pl.DataFrame(
            [(unit, f"p_{person:032x}", outcome, 1.0, on) for unit, person, outcome in happened],
            schema={
                "org_unit_id": pl.String,
                "respondent_key": pl.String,
                "numerator": pl.Float64,
                "denominator": pl.Float64,
                "on": pl.Date,
            },
            orient="row",
        ).with_columns(pl.lit(value).alias(name) for name, value in constants.items())

    @staticmethod
    def team(unit: str, people: range, kind: int = 0) -> list[Row]:
        """One observation for each of `people` in `unit`; the outcome of the first `kind` of them is 1."""
        return [(unit, person, float(position < kind)) for position, person in enumerate(people)]

    @staticmethod
    def states(disclosed: Disclosure, **only: object) -> dict[str, str]:
        """State by unit of the rows that match `only`."""
        found = disclosed.rows.filter(pl.lit(True), **only)
        assert found["org_unit_id"].is_unique().all()
        return dict(zip(found["org_unit_id"], found["state"], strict=True))

    @staticmethod
    def row(disclosed: Disclosure, unit: str, **only: object) -> dict[str, object]:
        return disclosed.rows.filter(pl.col("org_unit_id") == unit, **only).row(0, named=True)


@pytest.fixture(scope="session")
def world() -> type[World]:
    """The class, so that a test builds its own organisation."""
    return World
