"""One person is one person: every pseudonym that is another name of somebody is replaced by that somebody's own.

A vendor knows people by its own numbers, another one by e-mail. Whose names these are is told by vendors' user lists
and by a file (grain `person_aliases`); it is applied here, so that an alias learnt late holds for old rows too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from transforms.contracts import STAGED

ALIASES = "person_alias"


def one_person(tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """The staged tables with one pseudonym per person. Rows that thereby say the same thing twice are one.

    Nobody has another name in them any more: asked again, it has nothing to do.
    """
    names = resolved(tables[ALIASES].select("alias_key", "person_key").collect())
    if names.is_empty():
        return dict(tables)
    renamed = {name: _renamed(name, frame, names) for name, frame in tables.items() if name != ALIASES}
    return renamed | {ALIASES: tables[ALIASES].clear()}


def resolved(aliases: pl.DataFrame) -> pl.DataFrame:
    """alias_key, person_key: every alias with the person at the end of its chain.

    An alias that was given to several people belongs to the one with the smallest pseudonym. In a circle everybody is
    the one with the smallest.
    """
    links = aliases.filter(pl.col("alias_key") != pl.col("person_key"))
    links = links.group_by("alias_key").agg(pl.col("person_key").min()).sort("alias_key")
    keys = pl.concat([links["alias_key"], links["person_key"]]).unique().sort().alias("key")
    ends = [keys.search_sorted(links[name]).to_numpy() for name in ("alias_key", "person_key")]
    graph = coo_array((np.ones(links.height), ends), shape=(keys.len(), keys.len()))
    members = pl.DataFrame({"key": keys, "group": connected_components(graph, directed=False)[1]})
    # Each alias leads to one person, so a group has one end, or none where its chain runs in a circle.
    is_end = ~pl.col("key").is_in(links["alias_key"].implode())
    person = pl.coalesce(pl.col("key").filter(is_end).min(), pl.col("key").min()).over("group")
    named = members.select(pl.col("key").alias("alias_key"), person.alias("person_key"))
    return named.filter(pl.col("alias_key") != pl.col("person_key"))


def moves_known_people(then: pl.DataFrame, now: pl.DataFrame, tables: Mapping[str, pl.LazyFrame]) -> bool:
    """Whether other aliases (`then`, `now`: alias_key, person_key) give somebody in the rows of `tables` another name.

    `tables` are as staged. An alias of somebody who is in no row yet moves nothing.
    """
    one, other = resolved(then), resolved(now)
    moved = pl.concat([one.join(other, on=one.columns, how="anti"), other.join(one, on=one.columns, how="anti")])
    if moved.is_empty():
        return False
    keys = moved["alias_key"].unique().implode()
    found = [
        frame.filter(pl.any_horizontal(pl.col(people).is_in(keys))).head(1).select(pl.len())
        for name, frame in tables.items()
        if name != ALIASES and (people := _people_of(name))
    ]
    return any(frame.item() for frame in pl.collect_all(found))


def _people_of(table: str) -> list[str]:
    return [name for name, column in STAGED[table].columns().items() if (column.metadata or {}).get("pii")]


def _renamed(table: str, frame: pl.LazyFrame, names: pl.DataFrame) -> pl.LazyFrame:
    def as_person(people: pl.Expr) -> pl.Expr:
        return people.replace(names["alias_key"], names["person_key"])

    people, key = _people_of(table), STAGED[table].primary_key()
    if not people:
        return frame
    renamed = frame.with_columns(as_person(pl.col(people)))
    # Rows become one only where somebody stands in the table under two names. To look costs less than to make them one.
    held = [pl.col(name).unique() for name in people if name in key]
    has_two_names = pl.any_horizontal(pl.lit(False), *(as_person(one).n_unique() < one.len() for one in held))
    is_told_twice = bool(held) and bool(frame.select(has_two_names).collect().item())
    return renamed.unique(key, keep="first", maintain_order=True) if is_told_twice else renamed
