"""Recognition edges: teams as they were on the day, self-credits kept and marked."""

import datetime as dt

from tests.transforms.sample_organisation import facts, member, person, recognition, units

D = dt.date
UNITS = units({"acme": None, "care": "acme", "shop": "acme"})


def edge(rows: list[dict[str, object]], members: list[dict[str, object]]) -> dict[str, object]:
    edges = facts(org_unit=UNITS, membership=members, recognition=rows).recognitions.collect()
    assert len(edges) == 1
    return edges.row(0, named=True)


def test_teams_are_those_of_the_day() -> None:
    moved = [member(1, "care", valid_to_on=D(2026, 1, 31)), member(1, "shop", valid_from_on=D(2026, 2, 1))]
    members = [*moved, member(2, "care")]
    january = edge([recognition(1, 2, D(2026, 1, 31))], members)
    february = edge([recognition(1, 2, D(2026, 2, 1))], members)
    assert (january["giver_org_unit_id"], february["giver_org_unit_id"]) == ("care", "shop")


def test_membership_wins_over_the_source_and_the_source_over_nothing() -> None:
    said = {"giver_org_unit_id": "shop", "receiver_org_unit_id": "shop"}
    found = edge([recognition(1, 2, D(2026, 1, 5), **said)], [member(1, "care")])
    assert (found["giver_org_unit_id"], found["receiver_org_unit_id"]) == ("care", "shop")


def test_an_unknown_team_is_the_bucket_unassigned() -> None:
    found = edge([recognition(None, 2, D(2026, 1, 5))], [member(1, "care")])
    assert (found["giver_org_unit_id"], found["receiver_org_unit_id"]) == ("unassigned", "unassigned")
    assert (found["is_self"], found["is_from_manager"]) == (False, None)


def test_the_manager_is_the_one_of_the_day() -> None:
    reports = [
        member(2, "care", valid_to_on=D(2026, 1, 31), manager_key=person(1)),
        member(2, "care", valid_from_on=D(2026, 2, 1), manager_key=person(3)),
    ]
    assert edge([recognition(1, 2, D(2026, 1, 31))], reports)["is_from_manager"] is True
    assert edge([recognition(1, 2, D(2026, 2, 1))], reports)["is_from_manager"] is False


def test_a_recognition_of_oneself_is_kept_and_marked() -> None:
    assert edge([recognition(1, 1, D(2026, 1, 5))], [member(1, "care")])["is_self"] is True


def test_a_row_landed_twice_is_one_edge() -> None:
    row = recognition(1, 2, D(2026, 1, 5))
    assert edge([row, row], [member(1, "care")])["receiver_key"] == person(2)
