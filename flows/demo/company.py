"""The demo company as planned: its departments and teams, and what is planted in each."""

from __future__ import annotations

import datetime as dt

from flows.demo.design import MANAGEMENT, SMALL, Department, Design, Effects, Initiative, Team

FIRST_ON = dt.date(2025, 1, 1)
LAST_ON = dt.date(2026, 7, 15)  # the second quarter of 2026 has ended and matured
TIME_ZONE = "Europe/Berlin"
HOLIDAYS = "DE-BE"
ROOT = "company"
FAIR_WEATHER, RAIN_PROOF, EXACTLY_KNOWN = "care-line", "care-chat", "order-desk"
IMPROVING = RAIN_PROOF
CHERRY_PICKING, CLOCK_WATCHING = "shop-support", "delivery-planning"
SILO, SILENT_MANAGERS, FOLLOWING_UP = "operations", "technology", "field-service"

DEPARTMENTS = (
    Department(
        id="customer-care",
        name="Customer Care",
        office="front",
        internal_share=0.35,
        categories=("delivery", "billing", "defect", "return", "advice"),
    ),
    Department(
        id=FOLLOWING_UP,
        name="Field Service",
        office="front",
        internal_share=0.35,
        follows_up=True,
        categories=("repair visit", "appointment", "installation", "complaint"),
    ),
    Department(
        id="sales-support",
        name="Sales Support",
        office="front",
        internal_share=0.35,
        categories=("order", "availability", "price", "contract"),
    ),
    Department(
        id=SILO,
        name="Operations",
        office="back",
        internal_share=0.88,
        is_silo=True,
        categories=("goods receipt", "route", "stock", "damage in transit"),
    ),
    Department(
        id=SILENT_MANAGERS,
        name="Technology",
        office="back",
        internal_share=0.35,
        managers_recognise=False,
        categories=("access", "outage", "report", "change request"),
    ),
    Department(
        id="corporate",
        name="Corporate Services",
        office="back",
        internal_share=0.35,
        categories=("invoice", "payroll", "office", "travel", "contract review"),
    ),
)

TEAMS = (
    Team(
        id=FAIR_WEATHER,
        name="Care Line",
        department="customer-care",
        people=24,
        tickets=10.5,
        kept_rate=0.92,
        rain_effect=-0.18,
        counted_out="window",
        quiet_weekends=True,
        channels=(0.75, 0.10, 0.10, 0.05),
    ),
    Team(
        id=RAIN_PROOF,
        name="Care Chat",
        department="customer-care",
        people=24,
        tickets=10.5,
        kept_rate=0.88,
        counted_out="week",
        quiet_weekends=True,
        channels=(0.05, 0.10, 0.15, 0.70),
        passed_on=0.30,
        passed_on_since=0.03,
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
        channels=(0.0, 0.75, 0.25, 0.0),
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
    Team(
        id=CHERRY_PICKING,
        name="Shop Support",
        department="sales-support",
        people=20,
        tickets=7,
        kept_rate=0.89,
        invited=(0.80, 0.30),
    ),
    Team(
        id=EXACTLY_KNOWN,
        name="Order Desk",
        department="sales-support",
        people=20,
        tickets=6,
        kept_rate=0.90,
        counted_out="month",
    ),
    Team(id="key-accounts", name="Key Accounts", department="sales-support", people=16, tickets=3, kept_rate=0.93),
    Team(id="warehouse", name="Warehouse", department=SILO, people=26, tickets=4, kept_rate=0.85),
    Team(
        id=CLOCK_WATCHING, name="Delivery Planning", department=SILO, people=20, tickets=4, kept_rate=0.86, rushed=0.80
    ),
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
DEMO = Design(
    departments=DEPARTMENTS,
    teams=TEAMS,
    effects=Effects(
        welcomed_by_night=0.25,
        line_of_sight_back=0.50,
        values_in_the_crunch=0.55,
        why_by_level=(0.90, 0.85, 0.75, 0.58),
        after_a_miss=30.0,
        initiative=Initiative(
            id="thanks-forward",
            name="Thanks forward",
            tag="thanks-forward",
            launched_on=dt.date(2025, 9, 15),
            half_life_weeks=4.0,
            base=0.01,
            lift=0.25,
        ),
    ),
    employees={
        "team": 0.82,
        "values_lived": 0.78,
        "one_mission": 0.70,
        "what": 0.88,
        "how": 0.75,
        "authority": 0.60,
        "enthusiasm": 0.68,
        "fun": 0.66,
        "heard": 0.80,
    },
    customers={"heard": 0.66, "did_what_they_said": 0.70, "would_return": 0.72, "effort": 0.74},
    tickets=60_000,
    requesters=24_000,
    recognitions=15_000,
    leaving=72,
    late=14,
    swapping=20,
)
