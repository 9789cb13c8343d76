"""What is planted in the demo, as `planted_truths.json`: generating values, and what chance made of them.

A test of a KPI compares with `true_value` within `tolerance_basis`; `realised` is the same number counted in the rows
that were drawn, before dirty rows, by arithmetic that shares nothing with the pipeline.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import polars as pl

from flows.demo import plan
from flows.demo.company import FIRST_ON
from flows.demo.design import SMALL
from flows.demo.mistakes import MISTAKES
from flows.demo.truth import truth
from flows.demo.truths_of_recognition import of_recognition
from flows.demo.truths_of_surveys import of_surveys
from flows.demo.truths_of_tickets import of_care, of_promises, of_timelines
from flows.demo.world import World


def planted_truths(seed: int, scale: float, world: World, frames: dict[str, pl.DataFrame]) -> str:
    """The text of `planted_truths.json`."""
    last_on = FIRST_ON + dt.timedelta(days=world.company.n_days - 1)
    content = {
        "seed": seed,
        "scale": scale,
        "first_on": FIRST_ON.isoformat(),
        "end_on": last_on.isoformat(),
        "rows": {name: rows.height + sum(mistake.rows for mistake in MISTAKES[name]) for name, rows in frames.items()},
        "clean_rows": {name: rows.height for name, rows in frames.items()},
        "dirty_rows": _dirty_rows(),
        "truths": [
            *of_promises(world),
            *of_timelines(world),
            *of_care(world),
            *of_recognition(world.company, frames),
            *of_surveys(frames),
            truth("team_of_four", None, SMALL, None, "no KPI, table, view or log shows a value of this unit"),
        ],
    }
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _dirty_rows() -> list[dict[str, Any]]:
    rows = [
        {"source": name, "rule": mistake.rule, "rows": mistake.rows, "expected_fate": mistake.expected_fate}
        for name, mistakes in MISTAKES.items()
        for mistake in mistakes
    ]
    to_oneself = {"rule": "to_oneself", "rows": plan.SELF_RECOGNITIONS, "expected_fate": "staged"}
    return [*rows, {"source": "recognition", **to_oneself}]
