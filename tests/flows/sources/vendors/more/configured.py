"""A configured source of one of these vendors."""

from __future__ import annotations

import datetime as dt


def block(connector: str, url: str, began: dt.datetime, more: str = "") -> str:
    """A `[[source]]` named `live`."""
    return f'[[source]]\nname = "live"\nconnector = "{connector}"\nurl = "{url}"\nstart_on = {began.date()}\n{more}\n'
