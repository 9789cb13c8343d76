"""A warehouse's URL as people may read it."""

from __future__ import annotations

import sqlalchemy as sa

_SECRETS = ("password", "passwd", "pwd", "sslpassword")


def masked(url: str | sa.URL) -> str:
    """The URL with `***` for its password, wherever it stands; fit for logs and errors.

    Raises sqlalchemy.exc.ArgumentError for what is no URL.
    """
    parsed = sa.make_url(url)
    secrets = {name: "***" for name in parsed.query if name.lower() in _SECRETS}
    return parsed.update_query_dict(secrets).render_as_string(hide_password=True).replace("=%2A%2A%2A", "=***")
