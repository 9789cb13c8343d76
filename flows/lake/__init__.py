"""The lake: everything the pipeline remembers, in Delta Lake tables under one URL.

Landed pages, staged tables, fates and quarantine, the publication ledger and the run tables live here; a warehouse is
a projection of it. A commit is atomic: a process killed at any moment leaves the version before it readable.
"""

from __future__ import annotations

from flows.lake.catalogue import LAKE_TABLES
from flows.lake.landing import Lake
from flows.lake.trouble import lake_trouble
from flows.lake.upsert import Merged

__all__ = ["LAKE_TABLES", "Lake", "Merged", "lake_trouble"]
