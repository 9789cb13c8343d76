"""What a KPI declares about itself. A declaration that is incomplete or contradicts itself fails at import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import polars as pl

from transforms.contracts import STAGED
from transforms.contracts.results import DEFAULT, PERIOD_GRAINS, ROLES
from transforms.kpis.field_needs import wrong_need
from transforms.periods import NESTED_GRAINS, OVERLAPPING_GRAINS

if TYPE_CHECKING:
    from transforms.facts import Facts

Estimator = Callable[[pl.LazyFrame, "Facts"], pl.LazyFrame]
SOURCES = ("tickets", "recognition", "employee_survey", "customer_survey", "organisation")
MINIMUM_GROUP_FLOOR = 5
REACH_KINDS = ("tickets", "others", "weather", "recognition", "surveys", "improvement")
# A ticket that changes, or is asked about, is looked at with all its days: these only move what is said of it alone.
ONE_TICKET: dict[str, tuple[int, int]] = {"tickets": (0, 0)}
# A reach over all days: on the far side of a period a row that changes moves it, however long ago or since.
EVERY_DAY = 36_500


class DeclarationError(ValueError):
    """A KPI's declaration is incomplete or contradicts itself; the message names the KPI and the field."""


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """The declaration of one KPI; `transforms/kpis/<principle>/<id>.py` holds exactly one, named `KPI`.

    `estimate` turns observations that carry a cell key into one row per cell (see `transforms/kpis/compute.py`).
    `field_needs` are written as in `transforms/kpis/field_needs.py`.
    `maturity_days` is how long after the period's end a unit of analysis can still change by definition.
    """

    id: str
    version: int
    title: str
    sources: tuple[str, ...]
    needs: tuple[str, ...]
    formula: str
    unit: Literal["share", "gap", "minutes", "days", "weeks", "stations", "tickets", "score", "rate", "index"]
    direction: Literal["up", "down", "zero"]
    grains: tuple[str, ...]
    components: tuple[str, ...] = (DEFAULT,)
    variants: tuple[str, ...] = (DEFAULT,)
    # Components estimated from the observations of another one, which alone are handed over: each to that one.
    estimated_from: Mapping[str, str] = field(default_factory=dict)
    unit_of_analysis: str
    person_based: bool
    minimum_group: int = MINIMUM_GROUP_FLOOR
    people: tuple[str, ...]
    maturity_days: int = 0
    bounds: tuple[float, float]
    anchors: tuple[float, float]
    weight: float = 1.0
    pitfalls: tuple[str, ...]
    estimate: Estimator
    # How the roll-up reads it: `log` where a doubling matters as much at the low end as at the high one.
    anchor_scale: Literal["linear", "log"] = "linear"
    # Components the roll-up takes, sharing the weight; none named: `main`, else the first. One in angle brackets
    # (`<initiative>`) stands for all that the data name.
    roll_up_components: tuple[str, ...] = ()
    # Per kind of rows (REACH_KINDS): of how many days before a period and after it they can move its numbers. A kind
    # that is not named: of none before, of maturity_days after. `others` is what numbers of one ticket see of another,
    # `weather` how hard it rained on a team (transforms/facts/load.py); not named, they see nothing but what `tickets`
    # say.
    reach: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    # It sees tickets only through the numbers of the KPIs that targets name, which a night may know already.
    sees_tickets_in_numbers: bool = False
    # A ticket counts on every day of its life and not only on days on which something happens to it.
    follows_lives: bool = False
    # It asks since when somebody has been a customer, however long ago that is.
    sees_first_contacts: bool = False
    # What it observes of tickets is what it observes of each of them, put together. Beside its own rows a ticket is
    # judged by what its source shows, and by its requester's first and later tickets (transforms/facts/beside.py); that
    # another ticket changed must show on the days of `others`.
    sees_tickets_alone: bool = False
    # Beyond whole tables: fields, survey constructs and ticket events without which it has no number.
    field_needs: tuple[str, ...] = ()

    @property
    def looks_far(self) -> bool:
        """It needs tickets of many more days than those of the period computed."""
        return self.reach_of("tickets")[0] > 0 or not set(self.grains) <= {"month", "quarter"}

    def reach_of(self, kind: str) -> tuple[int, int]:
        """Days before a period and after it whose rows of a kind can move its numbers."""
        return self.reach.get(kind, (0, 0) if kind in ("others", "weather") else (0, self.maturity_days))

    @property
    def scored_components(self) -> tuple[str, ...]:
        """The components that carry its weight in the roll-up."""
        return self.roll_up_components or ((DEFAULT,) if DEFAULT in self.components else self.components[:1])

    @property
    def has_overlapping_grains(self) -> bool:
        """Whether it has periods that cut one another into pieces: weeks beside months."""
        return set(self.grains) >= OVERLAPPING_GRAINS

    def __post_init__(self) -> None:
        def require(condition: bool, place: str, rule: str) -> None:
            if not condition:
                raise DeclarationError(f"KPI {self.id}: {place} {rule}")

        require(re.fullmatch(r"[a-z][a-z0-9_]*", self.id) is not None, "id", "must be lower case with underscores")
        require(self.version >= 1, "version", "starts at 1")
        require(bool(self.title and self.formula and self.unit_of_analysis), "title/formula/unit", "must be said")
        require(bool(self.sources) and set(self.sources) <= set(SOURCES), "sources", f"must be among {SOURCES}")
        require(bool(self.needs) and set(self.needs) <= set(STAGED), "needs", f"must be among {tuple(STAGED)}")
        require(
            bool(self.grains) and set(self.grains) <= set(PERIOD_GRAINS), "grains", f"must be among {PERIOD_GRAINS}"
        )
        require(
            {*self.estimated_from, *self.estimated_from.values()} <= set(self.components),
            "estimated_from",
            "must be its components",
        )
        require(bool(self.people) and set(self.people) <= set(ROLES), "people", f"must be among {ROLES}")
        require(self.minimum_group >= MINIMUM_GROUP_FLOOR, "minimum_group", f"may not be under {MINIMUM_GROUP_FLOOR}")
        require(self.bounds[0] < self.bounds[1], "bounds", "must be (lowest, highest)")
        require(self.anchors[0] != self.anchors[1], "anchors", "must be (worst, best)")
        require(self.maturity_days >= 0 and self.weight >= 0, "maturity_days/weight", "may not be negative")
        on_log = self.anchor_scale == "log"
        require(not on_log or min(self.anchors) > 0, "anchors", "must be above 0 on a log scale")
        require(set(self.roll_up_components) <= set(self.components), "roll_up_components", "must be its components")
        for need in self.field_needs:
            complaint = wrong_need(need)
            require(complaint is None, "field_needs", f"{need}: {complaint}")
        require(set(self.reach) <= set(REACH_KINDS), "reach", f"must be of {REACH_KINDS}")
        require(bool(self.pitfalls), "pitfalls", "must say what the number does not mean")
        nested = any(set(self.grains) <= set(grains) for grains in NESTED_GRAINS)
        with_weeks = self.has_overlapping_grains and set(self.grains) <= OVERLAPPING_GRAINS | {"quarter"}
        require(nested or with_weeks, "grains", "must nest (months in quarters, weeks in windows) or be weeks, months")
        # Two overlapping periods of the same people could be subtracted from one another.
        require(not self.person_based or len(self.grains) == 1, "grains", "of a person-based KPI must be exactly one")
