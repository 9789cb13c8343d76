"""Random organisations and what is published about them, one kind of history after another.

A kind publishes the histories of many seeds at once: each is a variant of the KPI in an organisation of its own, so
that no number of one has anything to do with another. What it returns per seed is what the attacker gets: the
published numbers as rows over the observations, and the person of each observation (one list per role).
"""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import polars as pl

SHOWN = ("published", "published_bounded")
MARCH = dt.date(2026, 3, 10)
_SIZES = ([0, 1, 3, 4, 5, 6, 8, 12], [0.15, 0.1, 0.1, 0.1, 0.15, 0.15, 0.15, 0.1])


@dataclass
class Organisation:
    """A tree of 6 to 16 units and one to four levels, and the observations of each night."""

    seed: int
    generator: np.random.Generator
    parents: dict[str, str | None]
    seen: list[tuple[set, set, dt.date, dt.date]] = field(default_factory=list)  # observations, units, first, last day

    @classmethod
    def random(cls, seed, units=(5, 16)):
        generator = np.random.default_rng(seed)
        parents, names = {f"{seed}.top": None}, [f"{seed}.top"]
        for number in range(generator.integers(*units)):
            names.append(f"{seed}.{number}")
            parents[names[-1]] = names[generator.integers(0, min(number + 1, 6))]
        return cls(seed, generator, parents)

    def below(self, unit):
        found = {unit}
        for child, above in self.parents.items():
            if above in found:
                found.add(child)
        return found

    def workforce(self, on=MARCH, busy=1.0, first=0):
        """One observation per person and unit; some people work in two units, some units have few people."""
        happened, following = [], first
        for unit in self.parents:
            size = int(self.generator.choice(_SIZES[0], p=_SIZES[1]) * busy)
            lent = self.generator.integers(first, max(following, first + 1), size // 4).tolist()
            for person in dict.fromkeys([*range(following, following + size), *lent]):
                happened.append((unit, person, float(self.generator.random() < 0.6), on))
            following += size
        return happened

    def edited(self, happened, people, moves=True):
        """Some answers of `people` change; with `moves` some leave or change units, and some people are new."""
        units, kept = list(self.parents), []
        for unit, person, outcome, on in happened:
            what = self.generator.random() if moves else 0.0
            if person not in people:
                kept.append((unit, person, outcome, on))
            elif what < 0.5:
                kept.append((unit, person, 1.0 - outcome, on))
            elif what < 0.75:
                kept.append((units[self.generator.integers(0, len(units))], person, outcome, on))
        new = 1 + max((person for _, person, _, _ in happened), default=0)
        for number in range(self.generator.integers(0, len(people) + 1) if moves else 0):
            kept.append((units[self.generator.integers(0, len(units))], new + number, 1.0, happened[0][3]))
        return list({(unit, person): (unit, person, outcome, on) for unit, person, outcome, on in kept}.values())

    def some(self, happened):
        """1 to 25 of the people."""
        everyone = sorted({row[1] for row in happened})
        many = min(int(self.generator.choice([1, 2, 4, 6, 12, 25])), len(everyone))
        return set(self.generator.choice(everyone, many, replace=False).tolist())

    def remember(self, happened, rows, **only):
        """Notes over what each published row sums."""
        for row in rows.filter(pl.col("state").is_in(SHOWN), variant=str(self.seed), **only).iter_rows(named=True):
            if row["org_unit_id"] in self.parents:  # the company above all organisations repeats each top
                self.seen.append(
                    (set(happened), self.below(row["org_unit_id"]), row["period_start"], row["period_end"])
                )

    def known(self, person=1, moved=False):
        """What the attacker has: how often each cell counts each observation, and the person of each observation.

        With `moved` an answer is the same answer in whatever unit it stands: two versions over the same answers
        differ in nothing, though a person was moved within the unit.
        """
        atoms = sorted({row[moved:] for happened, *_ in self.seen for row in happened})
        place = {atom: column for column, atom in enumerate(atoms)}
        cells = np.zeros((len(self.seen), len(atoms)))
        for number, (happened, units, start, end) in enumerate(self.seen):
            for row in happened:
                cells[number, place[row[moved:]]] += row[0] in units and start <= row[3] <= end
        return cells, [atom[person - moved] for atom in atoms]


def tree(world, seeds, person_based=True):
    """A company less its units, and sums of siblings."""
    all_of = [Organisation.random(seed) for seed in seeds]
    happened = [one.workforce() for one in all_of]
    return _one_night(world, all_of, happened, person_based=person_based)


def tree_of_tickets(world, seeds):
    """The same for exact numbers."""
    return tree(world, seeds, person_based=False)


def two_roles(world, seeds):
    """Tickets of agents and requesters: neither may be isolated."""
    all_of = [Organisation.random(seed) for seed in seeds]
    happened = [
        [
            (list(one.parents)[int(unit)], int(agent), 0.0, MARCH, 1000 + int(requester), number)
            for number, (unit, agent, requester) in enumerate(
                one.generator.integers(0, [len(one.parents), 40, 30], (150, 3)).tolist()
            )
        ]
        for one in all_of
    ]
    known = _one_night(world, all_of, happened, person_based=False, people=("agents", "requesters"))
    return [*known, *(one.known(person=4) for one in all_of)]


def month_minus_month(world, seeds):
    """The same people in three months, some gone and some new; each month is published, once."""
    all_of = [Organisation.random(seed) for seed in seeds]
    happened = []
    for one in all_of:
        month, months = one.workforce(), []
        for number in (3, 4, 5):
            months += [(unit, person, outcome, dt.date(2026, number, 10)) for unit, person, outcome, _ in month]
            month = one.edited(month, one.some(month)) if month else month
        happened.append(months)
    return _one_night(world, all_of, happened)


def quarter_minus_months(world, seeds):
    """A quarter less its months."""
    all_of = [Organisation.random(seed) for seed in seeds]
    happened = [[row for month in (1, 2, 3) for row in one.workforce(dt.date(2026, month, 10))] for one in all_of]
    return _one_night(world, all_of, happened, person_based=False, grains=("month", "quarter"))


def weeks_months_quarters(world, seeds):
    """Teams of 3 to 12 who work some days of some weeks: weeks cut months, months cut weeks, quarters hold months."""
    all_of = [Organisation.random(seed, units=(2, 7)) for seed in seeds]
    happened, monday = [], dt.date(2026, 2, 9)
    for one in all_of:
        rows, first, busy = set(), 0, one.generator.choice([0.3, 0.6, 0.9])
        for unit in one.parents:
            staff = int(one.generator.integers(0, 13))
            for week in range(9):
                for person in range(first, first + staff):
                    if one.generator.random() < busy:
                        rows.add(
                            (unit, person, 0.0, monday + dt.timedelta(7 * week + int(one.generator.integers(0, 7))))
                        )
            first += staff
        happened.append(sorted(rows))
    return _one_night(world, all_of, happened, person_based=False, grains=("week", "month", "quarter"))


def corrections(world, seeds):
    """Four nights: answers change, people leave, come and move to other units."""
    return _nights(world, seeds, moves=True)


def edited_answers(world, seeds):
    """Four nights: the same people, some of whose answers change, back and forth."""
    return _nights(world, seeds, moves=False)


def definition_versions(world, seeds):
    """A KPI published by one definition, and from the next night on by another that reads some answers otherwise."""
    return _nights(world, seeds, moves=True, versions=(1, 2, 2))


def _one_night(world, all_of, happened, **declared):
    disclosed = _night(world(_forest(all_of)), all_of, happened, **declared)
    for one, rows in zip(all_of, happened, strict=True):
        one.remember(rows, disclosed.rows)
    return [one.known() for one in all_of]


def _nights(world, seeds, moves, versions=(1, 1, 1, 1)):
    all_of = [Organisation.random(seed) for seed in seeds]
    happened = [one.workforce(busy=2.0) for one in all_of]
    acme = world(_forest(all_of))
    for later, version in enumerate(versions):
        disclosed = _night(acme, all_of, happened, later=later, version=version)
        for one, rows in zip(all_of, happened, strict=True):
            one.remember(rows, disclosed.rows, run_id=f"night-{later}")
        happened = [
            one.edited(rows, one.some(rows), moves) if rows else rows
            for one, rows in zip(all_of, happened, strict=True)
        ]
    return [one.known(moved=len(set(versions)) > 1) for one in all_of]


def _night(acme, all_of, happened, later=0, **declared):
    observations = pl.concat(_observations(acme, one.seed, rows) for one, rows in zip(all_of, happened, strict=True))
    return acme.night(acme.kpi(observations, **declared), run_id=f"night-{later}", later=later)


def _observations(acme, seed, happened):
    rows = acme.rows([row[:3] for row in happened], variant=str(seed)).with_columns(
        pl.Series("on", [row[3] for row in happened], dtype=pl.Date)
    )
    requesters = [f"p_{row[4]:032x}" for row in happened if len(row) > 4]
    return rows.with_columns(agent_key="respondent_key", requester_key=pl.Series(requesters)) if requesters else rows


def _forest(all_of):
    return {unit: above for one in all_of for unit, above in one.parents.items()}


KINDS = {
    kind.__name__: kind
    for kind in (
        tree,
        tree_of_tickets,
        two_roles,
        month_minus_month,
        quarter_minus_months,
        weeks_months_quarters,
        corrections,
        edited_answers,
        definition_versions,
    )
}
