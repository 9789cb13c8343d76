"""Contracts of what a ticket system holds beside its tickets: canned answers, and categories. All optional."""

from __future__ import annotations

from transforms.contracts.columns import count, identifier
from transforms.contracts.lineage import Staged


class Macro(Staged):
    """One canned answer that agents may send. Grain: macro. Its text is left behind in staging."""

    macro_id = identifier("Macro in its source.", primary_key=True)
    fingerprint = count("64-bit SimHash of its text, as its lower 63 bits; similarity only.", nullable=True)


class EligibleCategory(Staged):
    """A category in which agents may decide by themselves. Grain: category. Without any, every category is one."""

    category = identifier("Category, as tickets name it.", primary_key=True)
