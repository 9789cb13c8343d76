"""What is known of whole tables."""

import datetime as dt

import polars as pl

from transforms.contracts.marts import MetaRowAccounting
from transforms.facts.context import Context
from transforms.marts.evidence import table_evidence
from transforms.staging.mapping import SourceMapping

NIGHT = dt.datetime(2026, 4, 9, 22, tzinfo=dt.UTC)
CONTEXT = Context(run_on=dt.date(2026, 4, 9), timezone="Europe/Berlin")


def accounting(*rows: tuple[str, str, int]) -> pl.DataFrame:
    columns = {"source_page": "p", "reason": "r", "page_name": "f", "as_of": NIGHT, "run_id": "n"}
    told = [{"source": source, "fate": fate, "n_rows": count, **columns} for source, fate, count in rows]
    return pl.DataFrame(told, schema=MetaRowAccounting.create_empty().schema)


def test_refused_rows_are_shared_out_over_the_sources_of_a_table() -> None:
    sources = [
        SourceMapping(name="log", kind="tickets", grain="event_log", columns={"promise_is_kept": "k"}),
        SourceMapping(name="audit", kind="tickets", grain="events"),
    ]
    counts = accounting(("log", "staged", 90), ("log", "quarantined", 10), ("audit", "staged", 100))

    found = table_evidence({}, counts, sources, CONTEXT)

    # Events come from both: 10 of 200; tickets and promises from the log alone: 10 of 100.
    assert found.select("table", "quarantined_share").rows() == [
        ("promise", 0.1),
        ("ticket", 0.1),
        ("ticket_event", 0.05),
    ]


def test_the_newest_day_is_the_organisations_own() -> None:
    late = pl.LazyFrame({"at": [dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC), NIGHT - dt.timedelta(days=30)]})
    sources = [SourceMapping(name="kudos", kind="recognition", grain="snapshot")]

    found = table_evidence({"recognition": late}, accounting(("kudos", "staged", 2)), sources, CONTEXT)

    # Half past ten in the evening UTC is already 1 April in Berlin.
    assert found.rows() == [("recognition", dt.date(2026, 4, 1), 0.0)]


def test_a_source_without_rows_says_nothing() -> None:
    sources = [SourceMapping(name="kudos", kind="recognition", grain="snapshot")]

    assert table_evidence({}, accounting(), sources, CONTEXT).is_empty()
    assert table_evidence({}, accounting(), [], CONTEXT).is_empty()
