"""Makes the demo company: draws it, writes its exports, its configuration and what is planted in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.demo import customer_survey, employee_survey
from flows.demo.business_time import BusinessTime
from flows.demo.company import DEMO, FIRST_ON, LAST_ON
from flows.demo.configuration import configuration
from flows.demo.customer_survey import draw_customer_survey
from flows.demo.design import Design
from flows.demo.employee_survey import draw_employee_survey
from flows.demo.event_file import event_rows
from flows.demo.follow_ups import follow_up
from flows.demo.improvement_file import improvement_rows
from flows.demo.initiative_file import initiative_rows
from flows.demo.layout import write_exports
from flows.demo.organisation import build_organisation, membership_rows, unit_rows
from flows.demo.promise_file import promise_rows
from flows.demo.realised_tickets import solved_on
from flows.demo.recognition_file import recognition_rows
from flows.demo.replies import macro_rows
from flows.demo.target_file import target_rows
from flows.demo.ticket_file import eligible_rows, ticket_rows
from flows.demo.truths import planted_truths
from flows.demo.world import World, draw_world

_SHORTEST_DAYS = 190  # people join and leave over months; the surveys are quarterly


@dataclass(frozen=True)
class DemoFiles:
    """What `generate` wrote. `exports` are the files the configuration reads."""

    folder: Path
    configuration: Path
    truths: Path
    exports: tuple[Path, ...]
    end_on: dt.date


def generate(folder: Path, *, seed: int = 7, scale: float = 1.0, end_on: dt.date = LAST_ON) -> DemoFiles:
    """Write the demo company's exports, `culture-kpis.toml` and `planted_truths.json` into `folder`.

    The same arguments give the same bytes. `scale` multiplies tickets and what hangs on them (1 is 60,000); people,
    recognitions and the employee survey stay as they are. Raises ValueError for a scale that is not above 0 or an end
    less than 190 days after the demo's first day.
    """
    if scale <= 0:
        raise ValueError(f"scale {scale:g} must be above 0")
    if (end_on - FIRST_ON).days < _SHORTEST_DAYS:
        raise ValueError(f"end_on {end_on} must be {_SHORTEST_DAYS} days or more after {FIRST_ON}")
    world, frames = draw(DEMO, seed=seed, scale=scale, end_on=end_on)
    exports = write_exports(folder / "exports", frames)
    toml, truths = folder / "culture-kpis.toml", folder / "planted_truths.json"
    toml.write_text(configuration(employee_survey.ITEMS, customer_survey.ITEMS), encoding="utf-8")
    truths.write_text(planted_truths(seed, scale, world, frames), encoding="utf-8")
    return DemoFiles(folder, toml, truths, exports, end_on)


def draw(design: Design, *, seed: int, scale: float, end_on: dt.date) -> tuple[World, dict[str, pl.DataFrame]]:
    """Everything drawn about an organisation, and the rows of its exports by name, without mistakes."""
    company, time = build_organisation(seed, design, end_on), BusinessTime(FIRST_ON, end_on)
    world = draw_world(seed, scale, company, time, end_on)
    employees, customers = draw_employee_survey(seed, company), draw_customer_survey(seed, world)
    follow_ups = follow_up(seed, world, customers.complained)
    frames: dict[str, pl.DataFrame] = {
        "org-units": unit_rows(design),
        "memberships": membership_rows(company),
        "tickets": ticket_rows(world, follow_ups),
        "ticket-events": event_rows(seed, world, follow_ups),
        "promises": promise_rows(world),
        "macros": macro_rows(),
        "eligible-categories": eligible_rows(design),
        "recognition": recognition_rows(seed, company, time, solved_on(world)),
        "initiatives": initiative_rows(design.effects.initiative),
        "targets": target_rows(design),
        "improvements": improvement_rows(seed, world),
        "employee-survey": employees.answers,
        "employee-invitations": employees.invitations,
        "customer-survey": customers.answers,
        "customer-invitations": customers.invitations,
    }
    return world, frames
