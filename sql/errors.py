"""What can go wrong between the pipeline and its warehouse. `flows` maps these to exit codes."""

from __future__ import annotations


class WarehouseError(ValueError):
    """The warehouse could not be read, written or published; one line with the place, the reason and what to do."""


class QueryError(WarehouseError):
    """A query was not understood or may not be run; the mistake is the query's, the warehouse is well."""
