"""What a night rested on is remembered whole, and a state that says too little is no state."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from flows.lake import Lake
from flows.pipeline.remembered import Rested, recall, remember
from transforms.contracts.state import TargetValue
from transforms.facts.longest_wait import LongestWait
from transforms.facts.witnesses import SHAPE

VALUES = pl.DataFrame(
    {
        "kpi_id": ["promise_kept_rate"],
        "org_unit_id": ["shop"],
        "period_grain": ["month"],
        "period_start": [dt.date(2026, 1, 1)],
        "value": [1 / 3],
    }
)
RESTED = Rested(
    run_id="night-1",
    run_on=dt.date(2026, 2, 3),
    versions={"ticket": 4},
    basis="a hash",
    longest_wait=LongestWait(90.5, 60.25),
    witnesses=pl.DataFrame(schema=SHAPE),
    target_values=VALUES,
)


def test_a_night_recalls_what_the_last_one_rested_on(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    assert recall(lake) is None

    remember(lake, RESTED)

    found = recall(lake)
    assert found is not None
    assert (found.run_id, found.run_on, found.versions, found.longest_wait) == (
        RESTED.run_id,
        RESTED.run_on,
        RESTED.versions,
        RESTED.longest_wait,
    )
    assert_frame_equal(found.target_values, VALUES)


def test_without_targets_it_recalls_that_there_are_none(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))

    remember(lake, replace(RESTED, target_values=TargetValue.create_empty()))

    found = recall(lake)
    assert found is not None
    assert found.target_values.is_empty()


def test_a_state_that_does_not_know_the_numbers_of_targets_is_none(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    remember(lake, RESTED)
    lake.replace("computed_state", lake.read("computed_state").filter(pl.col("name") != "numbers that targets name"))

    assert recall(lake) is None
