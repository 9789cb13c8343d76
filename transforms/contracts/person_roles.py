"""Contract of who acts for us in a ticket system, and since when."""

from __future__ import annotations

from transforms.contracts.columns import code, person, timestamp
from transforms.contracts.lineage import Staged

PERSON_ROLES = ("agent", "requester", "bot")


class PersonRole(Staged):
    """The role a source saw a person in. Grain: person x moment. Earlier rows stay, so who left still was an agent."""

    person_key = person("The person.", primary_key=True)
    valid_from_at = timestamp("From when on; the first row of a person also holds before.", primary_key=True)
    role = code(PERSON_ROLES, "Acts for us, asks us, or is a machine.")
