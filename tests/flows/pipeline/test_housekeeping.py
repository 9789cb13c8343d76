"""What killed runs leave on the disk goes: at once with `tidy(0)`, a month later with any night."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.flows.pipeline.lake_state import contents, lake_of, published
from tests.flows.pipeline.night_process import Plan, run_well
from tests.flows.pipeline.small_company import SECOND_NIGHT
from tests.flows.pipeline.undisturbed import Undisturbed

Copy = Callable[[Undisturbed, str], Path]
ORPHAN = "part-00000-of-a-killed-run.zstd.parquet"
MONTH_SECONDS = 31 * 24 * 3600


def leave_orphans(folder: Path, age_seconds: float) -> list[Path]:
    """Files as a run leaves them that dies before its commit, beside a table and inside a partition."""
    tables = folder / "lake/ticket", next((folder / "lake/ticket_event").glob("at_month=*"))
    orphans = [table / ORPHAN for table in tables]
    for orphan in orphans:
        orphan.write_bytes(b"written, and never committed")
        os.utime(orphan, (time.time() - age_seconds,) * 2)
    return orphans


def test_tidying_removes_what_no_version_names_and_changes_no_row(second_night: Undisturbed, copy_of: Copy) -> None:
    folder = copy_of(second_night, "tidied")
    orphans = leave_orphans(folder, age_seconds=1)

    lake_of(folder).tidy(keep_days=0)

    assert not any(orphan.exists() for orphan in orphans)
    assert contents(folder) == second_night.contents


def test_a_night_removes_orphans_of_last_month_and_leaves_those_of_today(
    second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(second_night, "month")
    fresh = [orphan.rename(orphan.with_name(f"fresh-{ORPHAN}")) for orphan in leave_orphans(folder, age_seconds=60)]
    old = leave_orphans(folder, age_seconds=MONTH_SECONDS)

    run_well(folder, Plan(SECOND_NIGHT))

    assert not any(orphan.exists() for orphan in old)
    assert all(orphan.exists() for orphan in fresh)
    assert published(folder) == second_night.published
