from __future__ import annotations

import typing

import pytest

from transforms.contracts.marts import FATES
from transforms.staging.fields import FIELDS, Field
from transforms.staging.mapping import Grain, Kind
from transforms.staging.reasons import REASONS, fate_of

ALL_FIELDS = [(grain, field) for grain, fields in FIELDS.items() for field in fields]


def test_every_kind_and_grain_has_fields() -> None:
    assert {kind for kind, _ in FIELDS} == set(typing.get_args(Kind))
    assert {grain for _, grain in FIELDS} == set(typing.get_args(Grain))


@pytest.mark.parametrize(("grain", "field"), ALL_FIELDS, ids=lambda part: getattr(part, "name", str(part)))
def test_a_field_says_what_it_means(grain: tuple[str, str], field: Field) -> None:
    assert field.description.endswith(".")
    assert bool(field.allowed) == (field.type == "code")
    assert not (field.required and field.default), f"{grain}: a required field needs no default"


def test_the_names_of_a_grain_are_unique() -> None:
    for fields in FIELDS.values():
        assert len({field.name for field in fields}) == len(fields)


def test_every_reason_leads_to_a_fate() -> None:
    assert {fate_of(reason) for reason in REASONS} == {"quarantined", "superseded", "unanswered", "out_of_window"}
    assert {fate_of(reason) for reason in REASONS} <= set(FATES)
