"""Whether a night asks what really differs, and the facts of touched tickets that it compares for it."""

from __future__ import annotations

import datetime as dt

import polars as pl

from flows.pipeline.changes import Changes
from transforms.facts import Context, Facts
from transforms.facts.beside import with_tickets_beside
from transforms.kpis.affected import at_stake
from transforms.kpis.differing import Differing, differing
from transforms.kpis.registry import all_kpis

# Facts of touched tickets are derived for both nights: it pays where parts at stake need more tickets than that.
_PAYS_FROM = 2


def differing_since(changes: Changes, facts: Facts, then: Context, first_on: dt.date) -> Differing | None:
    """What touched tickets make differ; None where it costs more to know than it spares.

    `facts` are those of tonight, whose thanks are taken for both nights: those that differ count by their days.
    """
    now = facts.context
    earliest = at_stake(all_kpis(), changes.touched, then, now, first_on=first_on)
    if earliest is None:
        return None
    since = pl.col("created_at") >= pl.lit(earliest).cast(pl.Datetime("us", "UTC"))
    if "ticket" not in changes.tables:
        return None
    at_least = changes.tables["ticket"].select(since.sum()).collect().item()
    if at_least < _PAYS_FROM * changes.touched.changed.height:
        return None
    touched = changes.touched
    nights = [changes.before, changes.tables]
    reduced = with_tickets_beside(nights, touched.rows, touched.changed, changes.shown, touched.contacts)
    compared = (
        Facts(tables, context, contacts).with_recognitions_of(facts)
        for (tables, contacts), context in zip(reduced, (then, now), strict=True)
    )
    return differing(all_kpis(), *compared)
