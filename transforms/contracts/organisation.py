"""Contracts of the organisation: the tree of units, who belongs where and when, and working time."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, day, identifier, person, text
from transforms.contracts.lineage import Staged

OFFICES = ("front", "back")
ROOT_UNIT = "company"
UNASSIGNED_UNIT = "unassigned"


class OrgUnit(Staged):
    """One version of one node of the organisation tree (SCD2). Grain: unit x validity start."""

    org_unit_id = identifier("Unit (team, department, company).", primary_key=True)
    valid_from_on = day("First day of this version.", primary_key=True)
    valid_to_on = day("Last day of this version; null while it is current.", nullable=True)
    org_unit_name = text("Name shown in reports.")
    parent_org_unit_id = identifier("Unit above; null for the top of the tree.", nullable=True)
    office = code(OFFICES, "Whether most of its people serve customers directly (front) or not (back).", nullable=True)


class Membership(Staged):
    """One stay of a person in a unit (SCD2). Grain: person x unit x validity start."""

    person_key = person("The member.", primary_key=True)
    org_unit_id = identifier("Unit the person belongs to.", primary_key=True)
    valid_from_on = day("First day of the stay.", primary_key=True)
    valid_to_on = day("Last day of the stay; null while it lasts.", nullable=True)
    office = code(OFFICES, "Role of the person: front or back office.", nullable=True)
    manager_key = person("The person's manager during the stay.", nullable=True)
    hierarchy_level = count("Level in the hierarchy, 0 at the top.", nullable=True, unit="level")


class PersonAlias(Staged):
    """Another name of a person: a vendor's number, an old address. Grain: alias x person. Facts take the person."""

    alias_key = person("Pseudonym of the other name.", primary_key=True)
    person_key = person("Pseudonym of the name that counts.", primary_key=True)


class WorkingSlot(dy.Schema):
    """Opening hours in local time. Grain: calendar x weekday x opening minute; a day may have several slots."""

    calendar_id = identifier("Calendar; `organisation` is the default one.", primary_key=True)
    weekday = dy.Int8(
        primary_key=True,
        min=1,
        max=7,
        description="ISO weekday, Monday 1 to Sunday 7.",
        metadata={"severity": "row", "pii": False, "unit": "day"},
    )
    opens_minute = dy.Int16(
        primary_key=True,
        min=0,
        max=1440,
        description="Minute of the local day at which the slot opens.",
        metadata={"severity": "row", "pii": False, "unit": "minute"},
    )
    closes_minute = dy.Int16(
        min=0,
        max=1440,
        description="Minute of the local day at which the slot closes.",
        metadata={"severity": "row", "pii": False, "unit": "minute"},
    )
