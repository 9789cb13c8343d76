"""A company in which nothing is planted: the demo's generator with every effect off, and what is published about it."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import polars as pl

from flows.demo import customer_survey, employee_survey
from flows.demo.company import DEMO
from flows.demo.configuration import configuration
from flows.demo.design import MANAGEMENT, SMALL, Department, Design, Effects, Team
from flows.demo.generate import draw
from flows.demo.layout import write_exports
from flows.settings import load_settings
from tests.acceptance.staged_demo import staged
from transforms.contracts.results import Publication
from transforms.disclosure import disclose
from transforms.facts import Facts
from transforms.kpis.compute import compute
from transforms.kpis.registry import all_kpis
from transforms.marts.kpi_signal import fct_kpi_signal

KEPT = 0.86
_PEOPLE = 20
# Two more teams share a department, and so the share of recognitions that stays within a team: they are of one size.
_OTHERS = 12
_KEY = "nobody of the neutral company exists either"


@dataclass(frozen=True)
class Shown:
    """What an analyst would see of a company: rows of `fct_kpi_value`, and of `fct_kpi_signal`."""

    values: pl.DataFrame
    signals: pl.DataFrame


def neutral(teams: int, tickets: int) -> Design:
    """Three teams of the front and the rest of the back office, all alike, who thank one another at random.

    What employees say of themselves is what customers say of them and what tickets show.
    """
    people = teams * _PEOPLE + 2 * _OTHERS
    offices = [
        Department(
            id=office,
            name=office,
            office=office,
            internal_share=(_PEOPLE - 1) / (people - 1),
            categories=("repair", "advice"),
            managers_recognise=False,  # a manager's thanks stay within the team: more of them than random ones
        )
        for office in ("front", "back")
    ]
    corporate = Department(
        id="corporate",
        name="Corporate",
        office="back",
        internal_share=(_OTHERS - 1) / (people - 1),
        categories=("contract review",),
        managers_recognise=False,
    )
    working = [
        Team(
            id=f"team-{number}",
            name=f"Team {number}",
            department=offices[number % 2].id,
            people=_PEOPLE,
            tickets=1.0,
            kept_rate=KEPT,
        )
        for number in range(teams)
    ]
    small = Team(id=SMALL, name="Legal", department=corporate.id, people=_OTHERS, tickets=0.05, kept_rate=KEPT)
    management = Team(
        id=MANAGEMENT, name="Management", department=corporate.id, people=_OTHERS, tickets=0, kept_rate=KEPT
    )
    heard, why = DEMO.customers["heard"], Effects.why_by_level[0]
    alike = {"heard": heard, "values_lived": KEPT, "what": why, "how": why, "authority": 0.903}
    return Design(
        departments=(*offices, corporate),
        teams=(*working, small, management),
        effects=Effects(initiative=replace(DEMO.effects.initiative, base=0.05, lift=0.0)),
        employees={**DEMO.employees, **alike},
        customers={**DEMO.customers, "did_what_they_said": KEPT},
        tickets=tickets,
        requesters=tickets // 3,
        recognitions=people * 30,
        leaving=people // 6,
        late=people // 30,
        swapping=people // 20,
    )


def shown(design: Design, seed: int, end_on: dt.date, folder: Path) -> Shown:
    """What is published about a company: its exports staged, every KPI computed, every rule of disclosure applied."""
    _, frames = draw(design, seed=seed, scale=1.0, end_on=end_on)
    write_exports(folder / "exports", frames, mistakes={})
    toml = folder / "culture-kpis.toml"
    toml.write_text(configuration(employee_survey.ITEMS, customer_survey.ITEMS), encoding="utf-8")
    with mock.patch.dict(os.environ, {"CULTURE_KPIS_PSEUDONYM_KEY": _KEY}):
        settings = load_settings(toml)
        facts = Facts(staged(settings), settings.context(end_on))
    results = [compute(registered, facts) for registered in all_kpis()]
    periods = pl.concat([result.cells.select("period_grain", "period_start", "period_end") for result in results])
    rows = disclose(
        results,
        all_kpis(),
        ancestors=facts.ancestors(periods.unique()),
        ledger=Publication.create_empty(),
        previous=None,
        context=facts.context,
        run_id="neutral",
    ).rows
    return Shown(rows, fct_kpi_signal(rows, all_kpis()))
