from __future__ import annotations

from typing import Any

import pytest

from flows.sources.rest.paging import (
    Answered,
    BodyLink,
    Cursor,
    HeaderLink,
    Offset,
    OnePage,
    PageNumber,
    Paging,
    found,
)


def answered(document: Any = None, n_records: int = 0, link: str = "") -> Answered:
    records = [{"id": number, "at": f"2025-01-{number + 1:02d}"} for number in range(n_records)]
    return Answered(document, {"link": link} if link else {}, records)


@pytest.mark.parametrize(
    ("paging", "first", "answer", "then"),
    [
        (OnePage(), {}, answered(n_records=9), ({}, False)),
        (Offset(10), {"limit": "10", "skip": "0"}, answered(n_records=10), ({"limit": "10", "skip": "9"}, True)),
        (Offset(10), {"limit": "10", "skip": "0"}, answered(n_records=3), ({"limit": "10", "skip": "9"}, False)),
        (PageNumber(2), {"per_page": "2", "page": "1"}, answered(n_records=2), ({"per_page": "2", "page": "2"}, True)),
        (PageNumber(2), {"per_page": "2", "page": "1"}, answered(n_records=1), ({"per_page": "2", "page": "2"}, False)),
        (
            PageNumber(2, moving_param="updated_since", moving_field="at"),
            {"per_page": "2", "page": "1"},
            answered(n_records=2),
            ({"per_page": "2", "page": "1", "updated_since": "2025-01-02"}, True),
        ),
        (Cursor("c", "next", until="end"), {}, answered({"next": "t1", "end": False}), ({"c": "t1"}, True)),
        (Cursor("c", "next", until="end"), {}, answered({"next": "t1", "end": True}), ({"c": "t1"}, False)),
        (Cursor("c", "m.after", more="m.more"), {}, answered({"m": {"after": 7, "more": True}}), ({"c": "7"}, True)),
        (Cursor("c", "m.after", more="m.more"), {}, answered({"m": {"after": 7}}), ({"c": "7"}, False)),
        (Cursor("c", "next"), {}, answered({}), ({}, False)),
        (Cursor("before", "i.-1.t"), {}, answered({"i": [{"t": "a"}, {"t": "b"}]}), ({"before": "b"}, True)),
        (BodyLink("links.next"), {}, answered({"links": {"next": "/more"}}), ({"link": "/more"}, True)),
        (BodyLink("links.next"), {}, answered({"links": {"next": None}}), ({}, False)),
        (HeaderLink(), {}, answered(link='</a?x=1>; rel="first", </a?x=2>; rel="next"'), ({"link": "/a?x=2"}, True)),
        (HeaderLink(), {}, answered(link='</a?x=1>; rel="prev"'), ({}, False)),
    ],
)  # fmt: skip
def test_each_kind_of_paging(
    paging: Paging, first: dict[str, str], answer: Answered, then: tuple[dict[str, str], bool]
) -> None:
    assert paging.first() == first
    assert paging.after(paging.first(), answer) == then


def test_numbers_are_turned_where_a_whole_page_is_of_one_moment() -> None:
    paging = PageNumber(2, moving_param="since", moving_field="at")
    there = {"per_page": "2", "page": "1", "since": "2025-01-02"}

    assert paging.after(there, answered(n_records=2)) == ({**there, "page": "2"}, True)


@pytest.mark.parametrize(
    ("place", "value"), [("", {"a": [1, {"b": 2}]}), ("a", [1, {"b": 2}]), ("a.-1.b", 2), ("a.5", None), ("x.y", None)]
)
def test_a_place_in_a_document(place: str, value: Any) -> None:
    assert found({"a": [1, {"b": 2}]}, place) == value
