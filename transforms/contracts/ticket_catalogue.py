"""Contracts of what a ticket system holds beside its tickets: canned answers, categories, customers' organisations.

All optional.
"""

from __future__ import annotations

from transforms.contracts.columns import count, identifier, text
from transforms.contracts.lineage import Staged


class Macro(Staged):
    """One canned answer that agents may send. Grain: macro. Its text is left behind in staging."""

    macro_id = identifier("Macro in its source.", primary_key=True)
    fingerprint = count("64-bit SimHash of its text, as its lower 63 bits; similarity only.", nullable=True)


class EligibleCategory(Staged):
    """A category in which agents may decide by themselves. Grain: category. Without any, every category is one."""

    category = identifier("Category, as tickets name it.", primary_key=True)


class CustomerOrganisation(Staged):
    """An organisation of customers. Grain: organisation, as its source last showed it."""

    customer_organisation_id = identifier("Organisation in its source, as tickets name it.", primary_key=True)
    customer_organisation_name = text("Its name.")
