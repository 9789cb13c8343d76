"""The attacker of the other tests is no straw man: shown unprotected numbers, it finds the group."""

import numpy as np

from tests.transforms.disclosure.attacker import recovered


def attack(cells, person_of):
    """`cells` as sets of observations."""
    atoms = sorted(person_of)
    return recovered(
        np.array([[atom in cell for atom in atoms] for cell in cells]), [person_of[atom] for atom in atoms]
    )


def test_a_total_less_its_parts_gives_the_rest():
    atoms = [("a", 1), ("a", 2), *(("b", person) for person in range(10, 16))]
    person_of = {atom: atom[1] for atom in atoms}
    total, part = set(atoms), set(atoms[2:])
    assert attack([total, part], person_of) == {1, 2}
    assert attack([total], person_of) is None


def test_one_cell_of_a_table_and_its_margins_give_the_others():
    # Two teams by two months; team a has two people in month 1, everyone else is many.
    cells = {
        ("a", 1): range(2),
        ("a", 2): range(10, 20),
        ("b", 1): range(20, 30),
        ("b", 2): range(30, 40),
    }
    person_of = {(*cell, person): person for cell, people in cells.items() for person in people}

    def table(*wanted):
        return {atom for atom in person_of if atom[:2] in wanted}

    margins = [
        table(("a", 1), ("a", 2)),
        table(("b", 1), ("b", 2)),
        table(("a", 1), ("b", 1)),
        table(("a", 2), ("b", 2)),
    ]
    assert attack(margins, person_of) is None
    assert attack([*margins, table(("b", 2))], person_of) == {0, 1}


def test_two_versions_that_differ_in_one_answer_give_the_answer():
    before = {("a", person, 0) for person in range(9)}
    after = before - {("a", 3, 0)} | {("a", 3, 1)}
    person_of = {atom: atom[1] for atom in before | after}
    assert attack([before, after], person_of) == {3}


def test_one_person_in_two_places_is_one_person():
    # Persons 1 to 3 stand alone in each of two cells, 4 to 6 in the second only: the second alone is five people.
    first, both = {(1, 0), (2, 0), (3, 0)}, {(1, 0), (2, 0), (3, 0), (1, 1), (4, 1)}
    person_of = {atom: atom[0] for atom in both}
    assert attack([both], person_of) == {1, 2, 3, 4}
    assert attack([both | {(5, 1)}], person_of | {(5, 1): 5}) is None
    assert attack([both | {(5, 1)}, first], person_of | {(5, 1): 5}) == {1, 2, 3}


def test_a_difference_of_more_than_four_is_no_find_but_one_of_differences_is():
    # b and c differ from a in 5 and 6 people, of whom one is not the same.
    everyone = set(range(30))
    a, b, c = everyone, everyone - set(range(5)), everyone - set(range(6))
    person_of = {atom: atom for atom in everyone}
    assert attack([a, b], person_of) is None
    assert attack([a, b, c], person_of) == {5}
