"""The company as planned: its departments and teams, and what is planted in each team.

Nothing here is drawn by chance; the generators read it and `truths.py` writes it down.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

FIRST_ON = dt.date(2025, 1, 1)
LAST_ON = dt.date(2026, 7, 15)  # the second quarter of 2026 has ended and matured
TIME_ZONE = "Europe/Berlin"
HOLIDAYS = "DE-BE"
ROOT = "company"


@dataclass(frozen=True, kw_only=True)
class Department:
    """A department; every team of it is front or back office with it."""

    id: str
    name: str
    office: Literal["front", "back"]
    internal_share: float  # of a team's recognitions, how many go to the own team
    managers_recognise: bool = True


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team: people, share of all tickets, and how its promises are kept.

    `kept_rate` is the chance of a promise on an ordinary day; `rain_effect` is added to it on rain days. Where
    `is_exact`, the kept promises of every month are counted out instead of drawn. `quiet_weekends` leaves next to
    nothing outside business days; `hands_over` lets tickets move to another team of the department.
    """

    id: str
    name: str
    department: str
    people: int
    tickets: float
    kept_rate: float
    rain_effect: float = 0.0
    is_exact: bool = False
    quiet_weekends: bool = False
    hands_over: bool = False


DEPARTMENTS = (
    Department(id="customer-care", name="Customer Care", office="front", internal_share=0.35),
    Department(id="field-service", name="Field Service", office="front", internal_share=0.35),
    Department(id="sales-support", name="Sales Support", office="front", internal_share=0.35),
    Department(id="operations", name="Operations", office="back", internal_share=0.88),
    Department(id="technology", name="Technology", office="back", internal_share=0.35, managers_recognise=False),
    Department(id="corporate", name="Corporate Services", office="back", internal_share=0.35),
)
FAIR_WEATHER, RAIN_PROOF, EXACTLY_KNOWN, SMALL, MANAGEMENT = (
    "care-line",
    "care-chat",
    "order-desk",
    "legal",
    "management",
)
SILO, SILENT_MANAGERS = "operations", "technology"

TEAMS = (
    Team(
        id=FAIR_WEATHER,
        name="Care Line",
        department="customer-care",
        people=24,
        tickets=10.5,
        kept_rate=0.92,
        rain_effect=-0.18,
        quiet_weekends=True,
    ),
    Team(
        id=RAIN_PROOF,
        name="Care Chat",
        department="customer-care",
        people=24,
        tickets=10.5,
        kept_rate=0.88,
        quiet_weekends=True,
    ),
    Team(
        id="care-mail",
        name="Care Mail",
        department="customer-care",
        people=22,
        tickets=12,
        kept_rate=0.86,
        rain_effect=-0.03,
        hands_over=True,
    ),
    Team(
        id="returns-desk",
        name="Returns Desk",
        department="customer-care",
        people=20,
        tickets=8,
        kept_rate=0.87,
        rain_effect=-0.03,
        hands_over=True,
    ),
    Team(
        id="field-north",
        name="Field North",
        department="field-service",
        people=22,
        tickets=6,
        kept_rate=0.84,
        hands_over=True,
    ),
    Team(
        id="field-south",
        name="Field South",
        department="field-service",
        people=22,
        tickets=6,
        kept_rate=0.88,
        hands_over=True,
    ),
    Team(
        id="dispatch",
        name="Dispatch",
        department="field-service",
        people=18,
        tickets=5,
        kept_rate=0.85,
        rain_effect=-0.03,
        hands_over=True,
    ),
    Team(id="shop-support", name="Shop Support", department="sales-support", people=20, tickets=7, kept_rate=0.89),
    Team(
        id=EXACTLY_KNOWN,
        name="Order Desk",
        department="sales-support",
        people=20,
        tickets=6,
        kept_rate=0.90,
        is_exact=True,
    ),
    Team(id="key-accounts", name="Key Accounts", department="sales-support", people=16, tickets=3, kept_rate=0.93),
    Team(id="warehouse", name="Warehouse", department=SILO, people=26, tickets=4, kept_rate=0.85),
    Team(id="delivery-planning", name="Delivery Planning", department=SILO, people=20, tickets=4, kept_rate=0.86),
    Team(id="spare-parts", name="Spare Parts", department=SILO, people=20, tickets=3.5, kept_rate=0.83),
    Team(id="platform", name="Platform", department=SILENT_MANAGERS, people=20, tickets=3, kept_rate=0.86),
    Team(id="service-desk", name="Service Desk", department=SILENT_MANAGERS, people=18, tickets=5, kept_rate=0.87),
    Team(id="data-office", name="Data Office", department=SILENT_MANAGERS, people=14, tickets=1.5, kept_rate=0.85),
    Team(id="finance", name="Finance", department="corporate", people=22, tickets=3.5, kept_rate=0.88),
    Team(id="people-office", name="People Office", department="corporate", people=14, tickets=2, kept_rate=0.90),
    Team(id="facilities", name="Facilities", department="corporate", people=16, tickets=2, kept_rate=0.84),
    Team(id=SMALL, name="Legal", department="corporate", people=4, tickets=1, kept_rate=0.90),
    Team(id=MANAGEMENT, name="Management Office", department="corporate", people=12, tickets=0, kept_rate=0.90),
)
TEAM_IDS = tuple(team.id for team in TEAMS)
DEPARTMENT_OF = tuple([department.id for department in DEPARTMENTS].index(team.department) for team in TEAMS)
IS_FRONT = tuple(DEPARTMENTS[department].office == "front" for department in DEPARTMENT_OF)


def team_index(team_id: str) -> int:
    """Position of a team in TEAMS."""
    return TEAM_IDS.index(team_id)
