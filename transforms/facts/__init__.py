"""Facts: what the KPIs are computed from, derived once per run from the staged tables.

`Facts` holds the staged tables as they were known on the night (`known.py`) and derives each fact on first use; a fact
is collected once and shared by all KPIs.
"""

from transforms.facts.context import Context
from transforms.facts.facts import Facts

__all__ = ["Context", "Facts"]
