"""How a vendor wants to be told who asks. Secrets go into headers (or a login's body) and nowhere else."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class InHeader:
    """A header made of secrets, such as `Authorization: Bearer {token}` or `X-API-TOKEN: {token}`."""

    name: str
    template: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets it takes."""
        return tuple(_PLACEHOLDER.findall(self.template))

    def headers(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """The header."""
        return {self.name: self.template.format_map(secrets)}


@dataclass(frozen=True)
class Basic:
    """Basic authentication, such as user `{email}/token` and password `{token}`."""

    user: str
    password: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets it takes."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.user + self.password)))

    def headers(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """The header."""
        pair = f"{self.user.format_map(secrets)}:{self.password.format_map(secrets)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@dataclass(frozen=True)
class Login:
    """A POST that returns a token which later calls carry as a bearer; asked for again when it is refused.

    `path` is one of the system, or a whole address where another host gives the tokens; it may hold placeholders.
    `token` is the dotted place of the token in the answer.
    """

    path: str
    token: str
    body: Mapping[str, str] = field(default_factory=dict)
    is_form: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets it takes."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall("".join(self.body.values()))))

    def filled(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """The body of the login."""
        return {name: template.format_map(secrets) for name, template in self.body.items()}


Auth = InHeader | Basic | Login
BEARER = InHeader("Authorization", "Bearer {token}")
