"""Where a table or view stands, and what its rows are ordered by."""

from __future__ import annotations

from collections.abc import Sequence

from sql.errors import WarehouseError
from sql.tables import MARTS_SCHEMA, SCHEMAS
from sql.view_files import views


def place_of(name: str) -> tuple[str, Sequence[str]]:
    """Schema of a table or view, and the columns that order it. Raises WarehouseError for a name nothing has."""
    for schema, contracts in SCHEMAS.items():
        if name in contracts:
            return schema, contracts[name].primary_key()
    grains = {view.name: view.grain for view in views()}
    if name in grains:
        return MARTS_SCHEMA, grains[name]
    known = ", ".join([*(table for contracts in SCHEMAS.values() for table in contracts), *grains])
    raise WarehouseError(f"there is no table or view {name}; there are {known}")
