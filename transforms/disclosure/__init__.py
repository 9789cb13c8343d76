"""Disclosure: the only road from exact cells to a mart. Decides what may be seen, and rounds what is seen.

Read in this order; each file is one rule of protection:

1. `families.py`       which cells could be subtracted from one another, and who stands behind them
2. `primary.py`        enough people behind every number
3. `complementary.py`  no subtraction over the tree isolates fewer
4. `companions.py`     nor over the components of a KPI, nor over a quarter and its months
5. `publish_once.py`   nor over time: person-based cells are published once and corrected only in groups
6. `numbers.py`        rounded values and bands where exact numbers would give the counts away
7. `visible.py`        rules 2, 3, 4 and 6 in their order: what tonight's data alone would show
8. `disclose.py`       the road itself, with `ledger.py` and `restatement.py` for what was published before

What it does not protect against is said where the rule is: see `publish_once.py` and `companions.py`.
"""

from transforms.disclosure.disclose import Disclosure, DisclosureError, disclose, privacy_log

__all__ = ["Disclosure", "DisclosureError", "disclose", "privacy_log"]
