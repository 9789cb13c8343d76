"""Backfill: what is asked for is planned, computed in chunks, resumed, logged, and told beside each changed number."""

import datetime as dt
import signal
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.errors import UsageError
from flows.pipeline.backfill.as_of import reproduce
from flows.pipeline.backfill.plan import Plan as BackfillPlan
from flows.pipeline.backfill.plan import Request, planned
from flows.settings import load_settings
from sql.warehouse import open_warehouse
from tests.flows.pipeline.lake_state import lake_of, published
from tests.flows.pipeline.night_process import Plan, run, run_well
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed

Copy = Callable[[Undisturbed, str], Path]
HALF_YEAR = dt.date(2025, 1, 1), dt.date(2025, 6, 30)
MAY = dt.date(2025, 5, 1), dt.date(2025, 5, 31)


def plan_of(folder: Path, request: Request) -> BackfillPlan:
    return planned(load_settings(folder / "culture-kpis.toml"), lake_of(folder), request)


def test_a_plan_takes_whole_quarters_and_only_kpis_with_a_source(first_night: Undisturbed) -> None:
    plan = plan_of(first_night.folder, Request(*MAY, reason="a look"))
    starts = dict(plan.parts.filter(pl.col("kpi_id").is_in(["promise_kept_rate", "heard"])).rows_by_key("kpi_id"))

    assert starts["promise_kept_rate"] == [(dt.date(2025, 4, 1), "2025-Q2")]
    assert "csat" not in plan.parts["kpi_id"]  # no survey of customers
    assert plan.n_published > 0
    assert plan.n_rows > 4 * 31
    assert plan.lines()[-1] == "Known     what the night of 2025-07-12 knew"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kpi_ids": ("reopen_rate",)}, {"reopen_rate"}),
        ({"source": "thanks", "kpi_ids": ("reopen_rate", "recognition_rate")}, {"recognition_rate"}),
        ({"kpi_ids": ("reopen_rate",), "only_missing": True}, set()),
    ],
)
def test_a_request_narrows_the_plan(first_night: Undisturbed, asked: dict[str, object], expected: set[str]) -> None:
    request = Request(*HALF_YEAR, reason="a look", **asked)  # type: ignore[arg-type]

    assert set(plan_of(first_night.folder, request).parts["kpi_id"]) == expected


@pytest.mark.parametrize(
    ("asked", "complaint"), [({"kpi_ids": ("smiles",)}, "--kpi smiles"), ({"source": "moon"}, "--source moon")]
)
def test_what_does_not_exist_is_said(first_night: Undisturbed, asked: dict[str, object], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        plan_of(first_night.folder, Request(*MAY, reason="a look", **asked))  # type: ignore[arg-type]


def test_a_killed_backfill_goes_on_after_the_last_whole_chunk_and_tells_why_numbers_changed(
    first_night: Undisturbed, second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(first_night, "resumed")
    deliver_second(folder)
    run(folder, Plan(SECOND_NIGHT, dies_at="marked:pulse"))  # staged, and not computed

    died = run(folder, Plan(FIRST_NIGHT, window=HALF_YEAR, reason="late rows", dies_at="chunk:2025-Q1"))
    resumed = run_well(folder, Plan(FIRST_NIGHT, window=HALF_YEAR, reason="late rows"))
    log = lake_of(folder).read("meta_backfill").sort("started_at")
    restated = lake_of(folder).read("meta_restatement")

    assert died.exit_code == -signal.SIGKILL
    assert [name for name in resumed.boundaries if name.startswith("chunk:")] == ["chunk:2025-Q2"]
    assert log["outcome"].to_list() == ["interrupted", "succeeded"]
    assert log["n_resumed_parts"].to_list()[0] == 0 < log["n_resumed_parts"].to_list()[1] < log["n_parts"].to_list()[1]
    assert log["n_restated"].to_list()[1] == restated.height > 0
    assert restated["reason"].str.starts_with("late rows: ").all()
    assert lake_of(folder).read("backfill_cell").is_empty()


def test_what_a_past_night_knew_is_written_aside_and_changes_nothing(
    first_night: Undisturbed, second_night: Undisturbed, tmp_path: Path
) -> None:
    settings = load_settings(second_night.folder / "culture-kpis.toml")
    aside = open_warehouse(f"duckdb:///{tmp_path / 'aside.duckdb'}")
    request = Request(*HALF_YEAR, reason="")

    reproduce(settings, lake_of(second_night.folder), request, FIRST_NIGHT, aside)

    assert aside.hashes() == first_night.published != second_night.published
    assert published(second_night.folder) == second_night.published


def test_a_night_the_lake_does_not_remember_is_named(first_night: Undisturbed, tmp_path: Path) -> None:
    settings = load_settings(first_night.folder / "culture-kpis.toml")
    aside = open_warehouse(f"duckdb:///{tmp_path / 'aside.duckdb'}")

    request = Request(*MAY, reason="")

    with pytest.raises(UsageError, match=r"--as-of 2025-07-01.*known are 2025-07-12"):
        reproduce(settings, lake_of(first_night.folder), request, dt.date(2025, 7, 1), aside)
