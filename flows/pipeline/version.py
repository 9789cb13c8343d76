"""Version of the installed distribution, as runs and `--version` state it."""

from __future__ import annotations

from importlib.metadata import version


def product_version() -> str:
    """Version of the installed distribution, such as 0.1.0."""
    return version("service-culture-kpis")
