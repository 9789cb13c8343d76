"""A night that fails leaves a row that says so, publishes nothing, and is no night that later ones count from."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from flows.pipeline.computing import newest_night
from tests.flows.pipeline.lake_state import lake_of, published
from tests.flows.pipeline.night_process import Plan, run, run_well
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT
from tests.flows.pipeline.undisturbed import Undisturbed


def test_a_failed_night_is_on_record_with_its_step_and_exit_code(
    first_night: Undisturbed, copy_of: Callable[[Undisturbed, str], Path]
) -> None:
    folder = copy_of(first_night, "failed")
    members = folder / "exports/members.csv"
    content = members.read_text("utf-8")
    members.unlink()

    failed = run(folder, Plan(SECOND_NIGHT))
    row = lake_of(folder).read("meta_run").filter(pl.col("run_on") == SECOND_NIGHT).row(0, named=True)

    assert failed.exit_code == 11
    assert (row["outcome"], row["message"]) == ("failed", "exit code 11 in step: land members")
    assert newest_night(lake_of(folder)) == FIRST_NIGHT
    assert published(folder) == first_night.published

    members.write_text(content, encoding="utf-8")
    run_well(folder, Plan(SECOND_NIGHT))

    assert newest_night(lake_of(folder)) == SECOND_NIGHT
