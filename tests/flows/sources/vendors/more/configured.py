"""A source of one of these vendors, and people and moments as the vendor writes them."""

from __future__ import annotations

import datetime as dt

from tests.flows.sources.vendors.conftest import KEY
from transforms.staging.pseudonyms import pseudonym


def block(connector: str, url: str, began: dt.datetime, more: str = "") -> str:
    """A `[[source]]` named `live`."""
    return f'[[source]]\nname = "live"\nconnector = "{connector}"\nurl = "{url}"\nstart_on = {began.date()}\n{more}\n'


def key(name: str) -> str:
    """The pseudonym of a name."""
    return pseudonym(name, KEY.encode())


def written(at: dt.datetime) -> str:
    """A moment in UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
