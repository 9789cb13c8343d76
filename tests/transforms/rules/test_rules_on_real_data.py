from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.rules import STAGED_RULES

REAL = Path(__file__).resolve().parents[3] / "../shared/data"
RULES = {rule.id: rule for rule in STAGED_RULES}
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real data sets are not here"),
]


def contract_rows(table: str, frame: pl.DataFrame) -> pl.LazyFrame:
    schema = STAGED[table].create_empty().schema
    lineage = frame.with_row_index("source_row", offset=1).with_columns(
        pl.lit("real").alias("source"), pl.lit("page").alias("source_page")
    )
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in lineage.columns]
    return lineage.with_columns(missing).select(list(schema)).cast(dict(schema)).lazy()


def n_failing(rule: str, candidates: dict[str, pl.LazyFrame]) -> int:
    return RULES[rule].check(candidates, {}).select((~pl.col("holds")).sum()).collect().item()


def service_now() -> pl.DataFrame:
    with ZipFile(REAL / "tickets_servicenow/incident_event_log.zip") as archive:
        events = pl.read_csv(archive.read(archive.namelist()[0]), infer_schema=False, null_values=["?"])
    moments = pl.col("opened_at", "sys_updated_at", "resolved_at", "closed_at")
    return events.with_columns(
        moments.str.to_datetime("%d/%m/%Y %H:%M").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
    ).rename({"number": "ticket_id", "opened_at": "created_at", "resolved_at": "solved_at", "sys_updated_at": "at"})


def test_five_updates_of_incidents_lie_before_their_own_opening() -> None:
    events = service_now().with_columns(pl.int_range(pl.len()).alias("sequence"))
    tickets = events.group_by("ticket_id").last().with_columns(pl.col("at").alias("updated_at"))
    candidates = {"ticket": contract_rows("ticket", tickets), "ticket_event": contract_rows("ticket_event", events)}

    assert n_failing("event_before_creation", candidates) == 5
    assert n_failing("solved_before_created", candidates) == 0
    assert n_failing("event_of_unknown_ticket", candidates) == 0


def test_credits_to_oneself_are_counted() -> None:
    names = {"giver_id": "giver_key", "receiver_id": "receiver_key", "event_id": "recognition_id"}
    thanks = pl.read_csv(REAL / "recognition_uboot/credits.csv.gz", infer_schema=False).rename(names)

    assert n_failing("receiver_equals_giver", {"recognition": contract_rows("recognition", thanks)}) == 383
