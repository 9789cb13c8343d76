"""What was said on the command line before the command: where the configuration, warehouse and lake are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

from cyclopts import Parameter

if TYPE_CHECKING:
    from flows.settings import Settings


class FlowParameters(TypedDict):
    """Parameters every flow has, beside the warehouse's URL."""

    config: str | None
    lake: str | None


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

    def flow_parameters(self) -> FlowParameters:
        """What leads a flow in this process, or in one it starts, to the same settings, as plain text.

        Prefect shows a flow's parameters to everybody. A warehouse's URL may hold a password, so it goes by the
        environment instead.
        """
        settings = self.settings()
        if self.warehouse:
            os.environ["CULTURE_KPIS_WAREHOUSE_URL"] = settings.warehouse.url
        return {
            "config": str(settings.config_file) if settings.config_file else None,
            "lake": settings.lake.url if self.lake else None,
        }


Injected = Annotated[Invocation, Parameter(parse=False)]
# A flag that is said or not; it has no `--no-` twin.
Switch = Annotated[bool, Parameter(negative="")]
