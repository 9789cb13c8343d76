"""Random organisations against an attacker who knows linear algebra, within a night and over nights."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

SHOWN = ("published", "published_bounded")
SEEDS = range(30)


def organisation(generator):
    """A tree of one to four levels with 6 to 16 units."""
    parents, names = {"acme": None}, ["acme"]
    for number in range(generator.integers(5, 16)):
        name = f"u{number}"
        parents[name] = names[generator.integers(0, min(len(names), 6))]
        names.append(name)
    return parents


def workforce(generator, parents, busy=1.0):
    """One observation per person and unit; some people work in two units, some units have few people."""
    happened, next_person = [], 0
    for unit in parents:
        size = int(generator.choice([0, 1, 3, 4, 5, 6, 8, 12], p=[0.15, 0.1, 0.1, 0.1, 0.15, 0.15, 0.15, 0.1]) * busy)
        newly = list(range(next_person, next_person + size))
        lent = [int(person) for person in generator.integers(0, max(next_person, 1), 2)] if next_person else []
        happened += [
            (unit, person, float(generator.random() < 0.6)) for person in dict.fromkeys(newly + lent[: size // 4])
        ]
        next_person += size
    return happened


def below(parents):
    """All units at or below each unit."""
    found = {unit: set() for unit in parents}
    for unit in parents:
        above = unit
        while above is not None:
            found[above].add(unit)
            above = parents[above]
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("person_based", [True, False])
def test_nothing_published_tonight_isolates_one_to_four_people(world, seed, person_based):
    generator = np.random.default_rng(seed)
    parents = organisation(generator)
    happened = workforce(generator, parents)
    disclosed = world(parents).night(world.kpi(world.rows(happened), person_based=person_based))
    under = below(parents)
    published = [
        frozenset(row for row in happened if row[0] in under[unit])
        for unit, state in world.states(disclosed).items()
        if state in SHOWN
    ]
    assert world.recovered(published, {row: row[1] for row in happened}) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_two_roles_are_both_protected(world, seed):
    generator = np.random.default_rng(100 + seed)
    parents = organisation(generator)
    units = list(parents)
    tickets = [
        (
            units[generator.integers(0, len(units))],
            int(generator.integers(0, 40)),
            int(generator.integers(0, 30)),
            number,
        )
        for number in range(150)
    ]
    observations = pl.DataFrame(
        [(unit, f"p_{agent:032x}", f"p_{requester + 1000:032x}", 1.0) for unit, agent, requester, _ in tickets],
        schema=["org_unit_id", "agent_key", "requester_key", "numerator"],
        orient="row",
    ).with_columns(on=pl.lit(dt.date(2026, 3, 10)))
    kpi = world.kpi(observations, people=("agents", "requesters"), person_based=False)
    under = below(parents)
    published = [
        frozenset(ticket for ticket in tickets if ticket[0] in under[unit])
        for unit, state in world.states(world(parents).night(kpi)).items()
        if state in SHOWN
    ]
    assert published
    for role in (1, 2):
        assert world.recovered(published, {ticket: ticket[role] for ticket in tickets}) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_months_and_quarters_together_isolate_nobody(world, seed):
    generator = np.random.default_rng(200 + seed)
    parents = organisation(generator)
    months = {month: workforce(generator, parents) for month in (1, 2, 3)}
    observations = pl.concat(world.rows(happened, dt.date(2026, month, 10)) for month, happened in months.items())
    kpi = world.kpi(observations, person_based=False, grains=("month", "quarter"))
    atoms = {(month, *row) for month, happened in months.items() for row in happened}
    under = below(parents)
    disclosed = world(parents).night(kpi)
    published = [
        frozenset(
            atom
            for atom in atoms
            if atom[1] in under[row["org_unit_id"]]
            and (row["period_grain"] == "quarter" or atom[0] == row["period_start"].month)
        )
        for row in disclosed.rows.filter(pl.col("state").is_in(SHOWN)).iter_rows(named=True)
    ]
    assert world.recovered(published, {atom: atom[2] for atom in atoms}) is None


def edited(generator, happened, parents, people):
    """Some answers change, some leave, some arrive, a few people move."""
    units = list(parents)
    kept = []
    for unit, person, outcome in happened:
        if person not in people:
            kept.append((unit, person, outcome))
        elif (what := generator.random()) < 0.5:
            kept.append((unit, person, 1.0 - outcome))
        elif what < 0.75:
            kept.append((units[generator.integers(0, len(units))], person, outcome))
    new = max(person for _, person, _ in happened) + 1
    kept += [
        (units[generator.integers(0, len(units))], new + number, 1.0)
        for number in range(generator.integers(0, len(people) + 1))
    ]
    return list({(unit, person): (unit, person, outcome) for unit, person, outcome in kept}.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_three_nights_of_corrections_isolate_nobody(world, seed):
    generator = np.random.default_rng(300 + seed)
    parents = organisation(generator)
    happened = workforce(generator, parents, busy=2.0)
    everyone = sorted({person for _, person, _ in happened})
    acme, under, nights, versions = world(parents), below(parents), {}, set()
    for later, night in enumerate(("night-0", "night-1", "night-2")):
        nights[night] = set(happened)
        disclosed = acme.night(world.kpi(world.rows(happened)), run_id=night, later=later)
        published = disclosed.rows.filter(pl.col("state").is_in(SHOWN))
        versions |= set(published.select("org_unit_id", "run_id").iter_rows())
        changing = int(generator.choice([1, 2, 4, 6, 12, 25]))
        people = set(generator.choice(everyone, min(changing, len(everyone)), replace=False).tolist())
        happened = edited(generator, happened, parents, people)
    atoms = set().union(*nights.values())
    cells = [frozenset(row for row in nights[night] if row[0] in under[unit]) for unit, night in versions]
    assert world.recovered(cells, {atom: atom[1] for atom in atoms}) is None


def test_the_rules_leave_most_teams_their_numbers(world):
    # 5 departments of 8 teams; sizes as they are found: most teams have 5 to 25 people, one in ten is smaller.
    generator = np.random.default_rng(7)
    parents = {"acme": None} | {f"d{d}": "acme" for d in range(5)} | {f"t{t}": f"d{t % 5}" for t in range(40)}
    sizes = {f"t{t}": int(generator.integers(1, 5) if t % 10 == 0 else generator.integers(5, 26)) for t in range(40)}
    happened, first = [], 0
    for team, size in sizes.items():
        happened += world.team(team, range(first, first + size), size // 2)
        first += size
    states = world.states(world(parents).night(world.kpi(world.rows(happened))))
    large = [team for team, size in sizes.items() if size >= 5]
    assert sum(states[team] in SHOWN for team in large) / len(large) >= 0.85
    assert not any(states[team] in SHOWN for team, size in sizes.items() if size < 5)
