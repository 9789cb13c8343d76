from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from transforms.staging.pseudonyms import pseudonym
from transforms.staging.stage import StagedPage

Stage = Callable[..., StagedPage]
KEY = b"a key for tests"


def test_units_have_a_name_and_a_first_day(stage: Stage, fates: Callable[[StagedPage], object]) -> None:
    page = stage(
        """
        unit  | name       | above   | office | until
        Night | Night desk | Support | Front  | 9999-12-31
        Day   |            | Support |        |
        Day   | Day desk   | Support |        |
        Lab   |            | Support | cellar |
        """,
        kind="organisation",
        grain="org_units",
        null_values=["9999-12-31"],
        columns={
            "org_unit_id": "unit",
            "org_unit_name": "name",
            "parent": "above",
            "office": "office",
            "valid_to_on": "until",
        },
    )

    columns = ["org_unit_id", "org_unit_name", "parent_org_unit_id", "office", "valid_from_on", "valid_to_on"]
    assert page.tables["org_unit"].select(columns).rows() == [
        ("Night", "Night desk", "Support", "front", dt.date(1990, 1, 1), None),
        ("Day", "Day desk", "Support", None, dt.date(1990, 1, 1), None),
    ]
    assert fates(page) == [
        (2, "superseded", "older_version", None),
        (4, "quarantined", "unknown_value", "office"),
    ]


def test_members_are_pseudonyms_like_everywhere_else(stage: Stage) -> None:
    page = stage(
        """
        who | team  | from       | boss | level
        U1 | Night | 2024-01-01 | U2  | 3
        """,
        kind="organisation",
        grain="memberships",
        columns={
            "person": "who",
            "team": "team",
            "valid_from_on": "from",
            "manager": "boss",
            "hierarchy_level": "level",
        },
    )

    assert page.tables["membership"].select("person_key", "org_unit_id", "manager_key", "hierarchy_level").rows() == [
        (pseudonym("u1", KEY), "Night", pseudonym("u2", KEY), 3)
    ]
