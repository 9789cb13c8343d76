"""The one door to Great Expectations: imported without its warnings, run without files, network or progress bars.

Its import takes seconds, so nothing outside this folder imports it, and `flows` imports this folder only in a run.
"""

from __future__ import annotations

import importlib
import warnings
from functools import cache
from typing import Any

import pandas as pd

with warnings.catch_warnings():
    # It imports a module that Python has deprecated; a user can do nothing about it.
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

# Loaded by name: the package does not declare what it exports.
gxe: Any = importlib.import_module("great_expectations.expectations")

# Row positions of every failure, and no value of any.
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "include_unexpected_rows": False,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}


@cache
def _whole_frames() -> Any:
    """A batch definition over whole pandas frames, in a context that lives in memory only."""
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def validate(frame: pd.DataFrame, expectation: Any) -> dict[str, Any]:
    """What Great Expectations finds about an expectation on a frame, without values; empty when it could not tell.

    The frame's index must be the row positions 0, 1, 2, ...: failures come back as these.
    """
    batch = _whole_frames().get_batch({"dataframe": frame})
    return dict(batch.validate(expectation, result_format=RESULT_FORMAT).result or {})


__all__ = ["RESULT_FORMAT", "gx", "gxe", "validate"]
