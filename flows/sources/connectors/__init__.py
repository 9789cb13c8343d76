"""One module per vendor: its endpoints, paging and record mapping as data. A module added here is a connector."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from flows.sources.rest.declaration import Connector


def connector_names() -> tuple[str, ...]:
    """Names of the connectors, which are those of the modules, sorted. Imports none of them."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def connector(name: str) -> Connector:
    """The connector of that name; KeyError for one that does not exist."""
    if name not in connector_names():
        raise KeyError(name)
    declared = importlib.import_module(f"{__name__}.{name}").CONNECTOR
    assert isinstance(declared, Connector)
    return declared
