"""Running again what has run before: nothing changes, whether a night, a backfill, or everything staged anew."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from flows.lake.catalogue import OF_RUNS
from tests.flows.pipeline.lake_state import contents, lake_of, published, versions
from tests.flows.pipeline.night_process import ASKED, Plan, run, run_well
from tests.flows.pipeline.small_company import FIRST_NIGHT, SECOND_NIGHT, deliver
from tests.flows.pipeline.undisturbed import Undisturbed

Copy = Callable[[Undisturbed, str], Path]
THIRD_NIGHT = dt.date(2025, 10, 9)
SECOND_QUARTER = dt.date(2025, 4, 1), dt.date(2025, 6, 30)


def new_versions(before: dict[str, int | None], after: dict[str, int | None]) -> list[str]:
    """Tables of the lake that were written to."""
    return [name for name in after if after[name] != before[name]]


def test_a_second_run_of_a_night_changes_no_table_and_writes_only_that_it_ran(
    second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(second_night, "again")
    before = versions(folder)

    run_well(folder, Plan(SECOND_NIGHT))

    assert published(folder) == second_night.published
    assert new_versions(before, versions(folder)) == ["computed_state", "meta_run"]
    assert lake_of(folder).read("meta_run").height == 3


def test_a_backfill_builds_what_the_night_published_also_when_the_warehouse_is_lost(
    second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(second_night, "lost")
    (folder / "warehouse.duckdb").unlink()
    (folder / "warehouse_restricted.duckdb").unlink()
    before = versions(folder)

    run_well(folder, Plan(SECOND_NIGHT, window=SECOND_QUARTER))

    assert published(folder) == second_night.published
    written = new_versions(before, versions(folder))
    assert [name for name in written if name not in OF_RUNS] == []
    logged = lake_of(folder).read("meta_backfill").row(0, named=True)
    assert (logged["outcome"], logged["reason"], logged["n_restated"]) == ("succeeded", "a test asks for it", 0)


def test_staging_one_delivery_again_changes_no_table_and_writes_only_that_it_ran(
    first_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(first_night, "full")
    before = versions(folder)

    boundaries = run_well(folder, Plan(FIRST_NIGHT, full=True)).boundaries

    assert boundaries == first_night.outcome.boundaries
    assert published(folder) == first_night.published
    assert new_versions(before, versions(folder)) == ["computed_state", "meta_run"]


def test_staging_two_deliveries_together_changes_only_how_many_rows_were_judged_at_once(
    second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(second_night, "full")
    before = versions(folder)

    run_well(folder, Plan(SECOND_NIGHT, full=True))

    assert published(folder) | {"meta_validation": ""} == second_night.published | {"meta_validation": ""}
    assert contents(folder) | {"meta_validation": ""} == second_night.contents | {"meta_validation": ""}
    assert new_versions(before, versions(folder)) == ["computed_state", "night_version", "meta_run", "meta_validation"]


def test_a_night_of_changes_after_missed_nights_comes_to_what_everything_anew_comes_to(
    second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(second_night, "changes")
    deliver(folder, last_on=THIRD_NIGHT - dt.timedelta(days=1), thanks=380, answered=14, is_corrected=True)

    changes = run_well(folder, Plan(THIRD_NIGHT, asks=True))
    of_changes = published(folder), contents(folder)
    anew = run_well(folder, Plan(THIRD_NIGHT, full=True))
    of_everything = published(folder), contents(folder)

    assert {ASKED, "affected parts computed"} <= set(changes.boundaries)
    assert "affected parts computed" not in anew.boundaries
    assert of_changes[0] != second_night.published
    without_counts = [[tables | {"meta_validation": ""} for tables in both] for both in (of_changes, of_everything)]
    assert without_counts[0] == without_counts[1]


def test_a_night_before_the_newest_is_refused_with_the_command_that_helps(
    second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(second_night, "earlier")

    refused = run(folder, Plan(FIRST_NIGHT))

    assert refused.exit_code == 2
    assert "culture-kpis backfill --start 2025-07-12 --end 2025-07-12" in refused.error
    assert published(folder) == second_night.published
