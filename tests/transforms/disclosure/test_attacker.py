"""The attacker of the other tests is no straw man: shown unprotected numbers, it finds the group."""


def test_a_total_less_its_parts_gives_the_rest(world):
    atoms = [("a", 1), ("a", 2), *(("b", person) for person in range(10, 16))]
    person_of = {atom: atom[1] for atom in atoms}
    total, part = frozenset(atoms), frozenset(atoms[2:])
    assert world.recovered([total, part], person_of) == {1, 2}
    assert world.recovered([total], person_of) is None


def test_one_cell_of_a_table_and_its_margins_give_the_others(world):
    # Two teams by two months; team a has two people in month 1, everyone else is many.
    cells = {
        ("a", 1): range(2),
        ("a", 2): range(10, 20),
        ("b", 1): range(20, 30),
        ("b", 2): range(30, 40),
    }
    person_of = {(*cell, person): person for cell, people in cells.items() for person in people}

    def table(*wanted):
        return frozenset(atom for atom in person_of if atom[:2] in wanted)

    margins = [
        table(("a", 1), ("a", 2)),
        table(("b", 1), ("b", 2)),
        table(("a", 1), ("b", 1)),
        table(("a", 2), ("b", 2)),
    ]
    assert world.recovered(margins, person_of) is None
    assert world.recovered([*margins, table(("b", 2))], person_of) == {0, 1}


def test_two_versions_that_differ_in_one_answer_give_the_answer(world):
    before = {("a", person, 0) for person in range(9)}
    after = before - {("a", 3, 0)} | {("a", 3, 1)}
    person_of = {atom: atom[1] for atom in before | after}
    assert world.recovered([frozenset(before), frozenset(after)], person_of) == {3}
