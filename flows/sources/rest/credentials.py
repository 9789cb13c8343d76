"""Secrets of a source, from the environment only: CULTURE_KPIS_<SOURCE>_<SECRET>, as CULTURE_KPIS_ZENDESK_TOKEN."""

from __future__ import annotations

import os

from pydantic import SecretStr

from flows.errors import ConfigurationError
from flows.sources.rest.auth import Auth


def variable(source: str, secret: str) -> str:
    """Name of the environment variable of a source's secret."""
    return f"CULTURE_KPIS_{source}_{secret}".upper().replace("-", "_")


def secrets_of(source: str, auth: Auth) -> dict[str, SecretStr]:
    """The secrets a vendor's authentication takes. Raises ConfigurationError naming every variable that is not set."""
    told = {secret: os.environ.get(variable(source, secret), "").strip() for secret in auth.secrets}
    missing = [variable(source, secret) for secret, value in told.items() if not value]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise ConfigurationError(f'source "{source}": {" and ".join(missing)} {verb} not set in the environment')
    return {secret: SecretStr(value) for secret, value in told.items()}
