"""One run at a time: the second is told who is on the way, and harms nothing."""

from collections.abc import Callable
from pathlib import Path

from tests.flows.pipeline.lake_state import published
from tests.flows.pipeline.night_process import NightProcess, Plan, run
from tests.flows.pipeline.small_company import SECOND_NIGHT, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed


def test_of_two_runs_at_once_the_second_names_the_first_and_leaves(
    first_night: Undisturbed, second_night: Undisturbed, copy_of: Callable[[Undisturbed, str], Path]
) -> None:
    folder = copy_of(first_night, "shared")
    deliver_second(folder)
    one = NightProcess(folder, Plan(SECOND_NIGHT, waits_at="ledger"))
    one.wait_for("ledger")

    other = run(folder, Plan(SECOND_NIGHT))
    one.go_on()

    assert other.exit_code == 15
    assert "is in use by run nightly-" in other.error
    assert f"(process {one.pid} on " in other.error
    assert one.outcome().exit_code == 0
    assert published(folder) == second_night.published
