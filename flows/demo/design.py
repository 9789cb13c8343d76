"""What a demo organisation is made of: departments, teams, sizes, and the size of every effect that is planted.

Nothing here is drawn by chance. The generators read a design, and `truths.py` writes down what it plants.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

IMPROVED_ON = dt.date(2025, 10, 1)
# Two teams that every design ends with: four people whose numbers nobody may see, and the heads of the departments.
SMALL, MANAGEMENT = "legal", "management"


@dataclass(frozen=True, kw_only=True)
class Department:
    """A department; every team of it is front or back office with it."""

    id: str
    name: str
    office: Literal["front", "back"]
    internal_share: float  # of a team's recognitions, how many go to the own team
    categories: tuple[str, ...]
    managers_recognise: bool = True
    follows_up: bool = False  # writes to every customer who gave a bad answer, within 48 business hours
    is_silo: bool = False


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team: people, share of all tickets, and how its promises are kept.

    `kept_rate` is the chance of a promise on an ordinary day; `rain_effect` is added to it on rain days. Where
    `counted_out` names a span of time, the kept promises of every such span are counted out instead of drawn (week and
    window: rain and ordinary days apart). `quiet_weekends` leaves next to nothing outside business days; `hands_over`
    lets tickets move to another team of the department. `channels` are the shares of phone, email, web and chat.

    `passed_on` is the chance that a ticket's first agent passes it on untouched, `passed_on_since` that from
    `IMPROVED_ON` on. `invited` is the chance that a customer is asked, where all promises were kept and where not.
    `rushed`: of the promises kept in the last fifth of their time, the share kept in the last half of that; null where
    nobody watches the clock.
    """

    id: str
    name: str
    department: str
    people: int
    tickets: float
    kept_rate: float
    rain_effect: float = 0.0
    counted_out: Literal["month", "window", "week"] | None = None
    quiet_weekends: bool = False
    hands_over: bool = False
    channels: tuple[float, float, float, float] = (0.25, 0.40, 0.30, 0.05)
    passed_on: float = 0.05
    passed_on_since: float | None = None
    invited: tuple[float, float] = (0.60, 0.60)
    rushed: float | None = None

    @property
    def has_targets(self) -> bool:
        """Whether a monthly goal is set: every team that works alone, whatever the weather."""
        return bool(self.tickets) and self.id != SMALL and not (self.hands_over or self.rain_effect)


@dataclass(frozen=True, kw_only=True)
class Initiative:
    """Recognitions with `tag`: `base` per person-week before the launch, plus `lift * 2^(-t / half_life)` after it."""

    id: str
    name: str
    tag: str
    launched_on: dt.date
    half_life_weeks: float
    base: float
    lift: float


@dataclass(frozen=True, kw_only=True)
class Effects:
    """Planted effects that are no property of one department or team; the defaults plant nothing.

    `welcomed_by_night`: share of tickets opened outside hours with a human public reply within 60 business minutes.
    `line_of_sight_back` and `values_in_the_crunch`: chance of a favourable mean in the back office, and on values that
    hold when it is inconvenient. `why_by_level`: chance of a favourable WHY by level of the hierarchy. `after_a_miss`:
    improvements per 100 people in a month after a missed target, more than after a hit.
    """

    welcomed_by_night: float = 0.65
    line_of_sight_back: float = 0.80
    values_in_the_crunch: float = 0.75
    why_by_level: tuple[float, float, float, float] = (0.75, 0.75, 0.75, 0.75)
    after_a_miss: float = 0.0
    initiative: Initiative


@dataclass(frozen=True, kw_only=True)
class Design:
    """A whole organisation. `tickets`, `requesters` (customers) and `recognitions` are totals over its time.

    `employees` and `customers`: chance of a favourable answer by construct, whoever answers.
    """

    departments: tuple[Department, ...]
    teams: tuple[Team, ...]
    effects: Effects
    employees: Mapping[str, float]
    customers: Mapping[str, float]
    tickets: int
    requesters: int
    recognitions: int
    leaving: int  # people who leave and are replaced, who come late, and pairs who swap teams
    late: int
    swapping: int

    @cached_property
    def team_ids(self) -> tuple[str, ...]:
        """Ids of the teams; a team is its position here."""
        return tuple(team.id for team in self.teams)

    @cached_property
    def department_of(self) -> npt.NDArray[np.int64]:
        """Position of each team's department."""
        places = {department.id: place for place, department in enumerate(self.departments)}
        return np.array([places[team.department] for team in self.teams])

    @cached_property
    def is_front(self) -> npt.NDArray[np.bool_]:
        """Whether each team serves customers."""
        return np.array([department.office == "front" for department in self.departments])[self.department_of]

    def index(self, team_id: str) -> int:
        """Position of a team."""
        return self.team_ids.index(team_id)

    def team(self, team_id: str) -> Team:
        """A team."""
        return self.teams[self.index(team_id)]

    def teams_of(self, department: Department) -> list[str]:
        """Ids of a department's teams."""
        return [team.id for team in self.teams if team.department == department.id]
