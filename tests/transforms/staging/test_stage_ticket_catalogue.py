"""Canned answers and eligible categories: what a ticket system holds beside its tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transforms.staging.stage import StagedPage

MACROS = {"kind": "tickets", "grain": "macros", "columns": {"macro_id": "id", "body": "text"}}
CATEGORIES = {"kind": "tickets", "grain": "eligible_categories", "columns": {"category": "name"}}

ORGANISATIONS = {
    "kind": "tickets",
    "grain": "customer_organisations",
    "columns": {"customer_organisation": "id", "customer_organisation_name": "name"},
}


def test_a_canned_answer_keeps_its_fingerprint_and_not_its_text(stage: Callable[..., StagedPage]) -> None:
    page = stage("id | text\n a | Thank you for your patience\n b | Thank you for your patience\n c | !", **MACROS)

    macros = page.tables["macro"]
    assert macros.columns == ["source", "source_page", "source_row", "macro_id", "fingerprint"]
    first, second, third = macros.sort("macro_id")["fingerprint"].to_list()
    assert first == second is not None
    assert third is None  # no word in it


def test_the_last_row_of_a_macro_wins_and_an_empty_one_is_refused(
    stage: Callable[..., StagedPage], fates: Callable[[StagedPage], list[tuple[Any, ...]]]
) -> None:
    page = stage("id | text\n a | old words here\n a | new words there\n b |", **MACROS)

    assert page.tables["macro"]["source_row"].to_list() == [2]
    assert sorted(fates(page)) == [
        (1, "superseded", "older_version", None),
        (3, "quarantined", "missing_value", "text"),
    ]


def test_categories(stage: Callable[..., StagedPage]) -> None:
    page = stage("name\n refund \n delivery\n", **CATEGORIES)

    assert page.tables["eligible_category"]["category"].sort().to_list() == ["delivery", "refund"]


def test_the_last_row_of_an_organisation_of_customers_wins(
    stage: Callable[..., StagedPage], fates: Callable[[StagedPage], list[tuple[Any, ...]]]
) -> None:
    page = stage("id | name\n 7 | Old name\n 7 | New name\n 8 |\n | Nobody", **ORGANISATIONS)

    told = page.tables["customer_organisation"].sort("customer_organisation_id")
    assert told.select("customer_organisation_id", "customer_organisation_name").rows() == [
        ("7", "New name"),
        ("8", None),
    ]
    assert sorted(fates(page)) == [(1, "superseded", "older_version", None), (4, "quarantined", "missing_value", "id")]
