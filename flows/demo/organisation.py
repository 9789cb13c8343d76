"""The people of the demo company: who is in which team on which day, and who manages whom.

People take *places* in teams. Place 0 of a team is its lead. A place may be left and filled again, begin later, or be
swapped with one in another team; the team of four people never changes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.demo.business_time import epoch_day
from flows.demo.company import FIRST_ON, ROOT
from flows.demo.design import MANAGEMENT, SMALL, Design
from flows.demo.plan import stream

Indices = npt.NDArray[np.int64]
_FOREVER = 1_000_000
_RENAMED, _RENAMED_ON = "data-office", dt.date(2025, 7, 1)
_DIRECTOR = 0  # place in the management office; the heads of the departments follow


@dataclass(frozen=True)
class Organisation:
    """Everything the other generators ask about people. Days are counted from the first day of the demo.

    `team_on[person, day]` is -1 where the person is not with the company; `until[person, team]` is the last day of
    the stay (-1: none); `roster[team, day, :size[team, day]]` are the members of the day.
    """

    design: Design
    person_ids: pl.Series
    first_day: int
    n_days: int
    stays: pl.DataFrame
    team_on: Indices
    until: Indices
    roster: Indices
    size: Indices
    manager: Indices  # [person, team] -> person, -1 for the director
    level: Indices  # [person]

    def member(self, rng: np.random.Generator, team: Indices, day: Indices, until: Indices) -> Indices:
        """A member of each `team` on `day` who stays there to `until`, each as likely as the other."""
        person = np.full(team.shape, -1)
        wanted = np.arange(len(team))
        while len(wanted):
            at, on = team[wanted], day[wanted]
            drawn = self.roster[at, on, (rng.random(len(wanted)) * self.size[at, on]).astype(np.int64)]
            person[wanted] = drawn
            wanted = wanted[self.until[drawn, at] < until[wanted]]
        return person

    def is_lead(self) -> npt.NDArray[np.bool_]:
        """Whether each person manages anyone."""
        return np.isin(np.arange(len(self.person_ids)), self.manager)


def build_organisation(seed: int, design: Design, end_on: dt.date) -> Organisation:
    """Draw the people of the company for the days up to `end_on`."""
    rng = np.random.default_rng(stream(seed, "organisation"))
    n_days = (end_on - FIRST_ON).days + 1
    team_of_place = np.repeat(np.arange(len(design.teams)), [team.people for team in design.teams])
    place = np.concatenate([np.arange(team.people) for team in design.teams])
    stays = _stays(rng, design, team_of_place, place, n_days)
    person, team, start, end = (stays[name].to_numpy() for name in ("person", "team", "start", "end"))
    n_people = int(person.max()) + 1
    day = np.arange(n_days)
    team_on = np.full((n_people, n_days), -1)
    present = (day >= start[:, None]) & (day <= end[:, None])
    rows, columns = np.nonzero(present)
    team_on[person[rows], columns] = team[rows]
    until = np.full((n_people, len(design.teams)), -1)
    until[person, team] = end
    roster, size = _rosters(design, team_on)
    leads, office = np.flatnonzero(place == 0), np.flatnonzero(team_of_place == design.index(MANAGEMENT))
    manager = _managers(design, n_people, leads, office)
    level = np.full(n_people, 3)
    level[leads] = 2
    level[office[1 : len(design.departments) + 1]] = 1
    level[office[_DIRECTOR]] = 0
    numbers = rng.permutation(n_people) + 1
    ids = pl.Series([f"agent-{number:04d}@demo.example" for number in numbers.tolist()])
    return Organisation(design, ids, epoch_day(FIRST_ON), n_days, stays, team_on, until, roster, size, manager, level)


def unit_rows(design: Design) -> pl.DataFrame:
    """The tree as exported: unit, name, parent, office, valid_from, valid_to."""
    rows: list[tuple[str, str, str | None, str | None]] = [(ROOT, "Demo Appliances", None, None)]
    rows += [(department.id, department.name, ROOT, department.office) for department in design.departments]
    rows += [
        (team.id, team.name, team.department, design.departments[design.department_of[i]].office)
        for i, team in enumerate(design.teams)
    ]
    units = pl.DataFrame(rows, schema=["unit", "name", "parent", "office"], orient="row").with_columns(
        pl.lit(dt.date(2015, 1, 1)).alias("valid_from"), pl.lit(None, dtype=pl.Date).alias("valid_to")
    )
    renamed = pl.col("unit") == _RENAMED
    before = units.filter(renamed).with_columns(
        pl.lit("Reporting").alias("name"), pl.lit(_RENAMED_ON - dt.timedelta(days=1)).alias("valid_to")
    )
    from_then = pl.when(renamed).then(pl.lit(_RENAMED_ON)).otherwise("valid_from").alias("valid_from")
    return pl.concat([units.with_columns(from_then), before]).sort("unit", "valid_from")


def membership_rows(company: Organisation) -> pl.DataFrame:
    """The stays as exported: person, team, valid_from, valid_to, office, manager, level."""
    stays, ids = company.stays, company.person_ids
    person, team = stays["person"].to_numpy(), stays["team"].to_numpy()
    manager = company.manager[person, team]
    rows = pl.DataFrame(
        {
            "person": ids.gather(person),
            "team": pl.Series(company.design.team_ids).gather(team),
            "valid_from": pl.Series(stays["start"] + company.first_day, dtype=pl.Int32).cast(pl.Date),
            "end": stays["end"],
            "office": pl.Series(["back", "front"]).gather(company.design.is_front[team].astype(int)),
            "boss": ids.gather(np.maximum(manager, 0)),
            "boss_known": manager >= 0,
            "level": company.level[person],
        }
    )
    left = (pl.col("end") + company.first_day).clip(upper_bound=100_000).cast(pl.Int32).cast(pl.Date)
    return rows.select(
        "person",
        "team",
        "valid_from",
        pl.when(pl.col("end") < company.n_days).then(left).alias("valid_to"),
        "office",
        pl.when("boss_known").then("boss").alias("manager"),
        "level",
    ).sort("person", "valid_from")


def _stays(rng: np.random.Generator, design: Design, team: Indices, place: Indices, n_days: int) -> pl.DataFrame:
    """One row per stay: person, team, start, end. The first stay of place i belongs to person i."""
    n = len(team)
    start = -rng.integers(30, 3_600, n)
    end = np.full(n, _FOREVER)
    movable = (place > 0) & ~np.isin(team, [design.index(SMALL), design.index(MANAGEMENT)])
    fates = rng.permutation(np.flatnonzero(movable))
    leaving, late, swapping, _ = np.split(fates, np.cumsum([design.leaving, design.late, 2 * design.swapping]))
    start[late] = rng.integers(45, n_days - 60, len(late))
    end[leaving] = rng.integers(40, n_days - 70, len(leaving))
    first = pl.DataFrame({"person": np.arange(n), "team": team, "start": start, "end": end})
    joined = end[leaving] + 1 + rng.integers(0, 45, len(leaving))
    joiners = first[leaving].with_columns(
        pl.Series("person", n + np.arange(len(leaving))),
        pl.Series("start", joined),
        pl.lit(_FOREVER, dtype=pl.Int64).alias("end"),
    )
    # Swaps keep both teams at their size; partners of one team would be no move.
    one, other = np.split(swapping, 2)
    differ = team[one] != team[other]
    one, other = one[differ], other[differ]
    moved = rng.integers(60, n_days - 60, len(one))
    both, on = np.concatenate([one, other]), np.concatenate([moved, moved])
    movers = first[both].with_columns(pl.Series("team", team[np.concatenate([other, one])]), pl.Series("start", on))
    end[both] = on - 1
    return pl.concat([first.with_columns(pl.Series("end", end)), joiners, movers])


def _rosters(design: Design, team_on: Indices) -> tuple[Indices, Indices]:
    """Members of each team and day, packed to the left, and how many there are."""
    widest = max(team.people for team in design.teams) + 8
    roster = np.full((len(design.teams), team_on.shape[1], widest), -1)
    size = np.zeros((len(design.teams), team_on.shape[1]), dtype=np.int64)
    for team in range(len(design.teams)):
        people = np.flatnonzero((team_on == team).any(axis=1))
        here = team_on[people] == team
        order = np.argsort(~here, axis=0, kind="stable")[:widest]
        roster[team, :, : len(order)] = people[order].T
        size[team] = here.sum(axis=0)
    return roster, size


def _managers(design: Design, n_people: int, leads: Indices, office: Indices) -> Indices:
    """Manager of a person in a team: the team's lead; a lead's is the department's head, a head's the director."""
    director, heads = office[_DIRECTOR], office[1 : len(design.departments) + 1]
    manager = np.tile(leads, (n_people, 1))
    manager[leads, np.arange(len(design.teams))] = heads[design.department_of]
    manager[office, design.index(MANAGEMENT)] = director
    manager[director, design.index(MANAGEMENT)] = -1
    return manager
