"""What was said on the command line before the command: where the configuration, warehouse and lake are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from flows.settings import Settings


@dataclass(frozen=True)
class Invocation:
    """Options common to all commands."""

    config: Path | None = None
    warehouse: str | None = None
    lake: str | None = None
    quiet: bool = False

    def settings(self) -> Settings:
        """The settings these options lead to; raises ConfigurationError.

        Who names the warehouse or the lake needs no configuration file to read it.
        """
        from flows.settings import load_settings  # noqa: PLC0415 - not needed for --help

        required = self.warehouse is None and self.lake is None
        return load_settings(self.config, warehouse=self.warehouse, lake=self.lake, required=required)

    @property
    def config_path(self) -> str | None:
        """The configuration as a flow's parameter, which must be plain text."""
        return str(self.config) if self.config else None


Injected = Annotated[Invocation, Parameter(parse=False)]
