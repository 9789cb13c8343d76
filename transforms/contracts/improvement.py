"""Contracts of getting better: initiatives, targets and what people did to improve. All optional."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, day, identifier, number, person, text, timestamp
from transforms.contracts.lineage import Staged
from transforms.contracts.results import PERIOD_GRAINS

IMPROVEMENT_TYPES = ("knowledge_edit", "problem_record", "change", "closed_loop")


class Initiative(Staged):
    """One initiative that asks people to act, and the recognition tags that show that they did. Grain: initiative."""

    initiative_id = identifier("Initiative; shown as the component of its numbers.", primary_key=True)
    initiative_name = text("Name shown in reports.")
    launched_on = day("Day on which it was launched.")
    tags = dy.List(
        dy.String(),
        description="Recognition tags that make a recognition one of its acts, lower case, without `#`; any of them.",
        metadata={"severity": "row", "pii": False, "unit": None},
    )
    org_unit_id = identifier("Unit it is addressed to, with all units below; null for everybody.", nullable=True)


class Target(Staged):
    """The goal of one unit for one KPI and one period. Grain: unit x KPI x period."""

    org_unit_id = identifier("Unit the goal is set for.", primary_key=True)
    kpi_id = identifier("KPI, as in `dim_kpi`; its component and variant `main`.", primary_key=True)
    period_grain = code(PERIOD_GRAINS, "Length of the period.", primary_key=True)
    period_start_on = day("First day of the period.", primary_key=True)
    goal = number("What the KPI is to reach, in the KPI's unit.", nullable=False)


class ImprovementEvent(Staged):
    """One thing somebody did to make the work better. Grain: event."""

    improvement_id = identifier("Event in its source.", primary_key=True)
    at = timestamp("When it was done.")
    event_type = code(IMPROVEMENT_TYPES, "What was done.")
    person_key = person("Who did it; null where the source does not say.", nullable=True)
    org_unit_id = identifier("Person's team as the source says; membership wins.", nullable=True)
    ticket_id = identifier("Ticket it came from.", nullable=True)
