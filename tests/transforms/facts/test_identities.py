from __future__ import annotations

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.facts.identities import one_person, resolved


def aliases(*pairs: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"alias_key": pl.String, "person_key": pl.String}, orient="row")


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], {}),
        ([("number", "mail")], {"number": "mail"}),
        ([("number", "mail"), ("mail", "staff id")], {"number": "staff id", "mail": "staff id"}),
        ([("a", "b"), ("b", "c"), ("c", "a")], {"b": "a", "c": "a"}),
        ([("z", "b"), ("b", "c"), ("c", "b")], {"z": "b", "c": "b"}),
        ([("desk", "y"), ("desk", "x")], {"desk": "x"}),
        ([("self", "self")], {}),
    ],
)
def test_an_alias_leads_to_the_end_of_its_chain(told: list[tuple[str, str]], found: dict[str, str]) -> None:
    assert dict(resolved(aliases(*told)).iter_rows()) == found


def test_one_person_in_two_systems_is_one_in_every_table() -> None:
    tables = {name: contract.create_empty().lazy() for name, contract in STAGED.items()}
    told = STAGED["recognition"].create_empty().clear(2)
    kudos = told.with_columns(
        recognition_id=pl.Series(["r1", "r1"]),
        receiver_key=pl.Series(["number", "mail"]),
        giver_key=pl.Series(["boss", None]),
    )
    told = STAGED["person_alias"].create_empty().clear(1)
    names = told.with_columns(alias_key=pl.lit("number"), person_key=pl.lit("mail"))

    found = one_person({**tables, "recognition": kudos.lazy(), "person_alias": names.lazy()})

    rows = found["recognition"].select("recognition_id", "receiver_key", "giver_key").collect().rows()
    assert rows == [("r1", "mail", "boss")]


def test_without_aliases_nothing_changes() -> None:
    tables = {name: contract.create_empty().lazy() for name, contract in STAGED.items()}

    assert one_person(tables) == tables
