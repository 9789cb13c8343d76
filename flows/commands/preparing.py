"""Commands that prepare a warehouse others share: `warehouse upgrade`, `warehouse grants`."""

from __future__ import annotations

import sys

from cyclopts import App

from flows.invocation import Injected


def register(app: App) -> None:
    """Add these commands to the application."""
    group = App(name="warehouse", help="Prepare a warehouse in a database server: make its tables, let people in.")
    group.command(upgrade)
    group.command(grants)
    app.command(group)


def upgrade(*, invocation: Injected) -> int:
    """Make the tables of this version, or bring older ones to it; rows, grants and what others built on them stay.

    To be run by the tables' owner, before the first night and after each update of this program. Nights themselves
    make no tables. A file needs none of this.
    """
    from flows.warehouses import address, open_warehouse, storage_errors

    settings = invocation.settings()
    with storage_errors():
        steps = open_warehouse(settings).upgrade()
    sys.stdout.write("".join(f"{step}\n" for step in steps))
    sys.stdout.write(f"{address(settings)}: {'upgraded' if steps else 'up to date'}\n")
    return 0


def grants(*, invocation: Injected) -> int:
    """Create the roles kpi_reader, kpi_steward and kpi_writer of a PostgreSQL warehouse and grant them their rights.

    Safe to run again. `GRANT kpi_reader TO alice` then lets alice in.
    """
    from flows.warehouses import address, open_warehouse, storage_errors

    settings = invocation.settings()
    with storage_errors():
        open_warehouse(settings).grant_roles()
    sys.stdout.write(f"{address(settings)}: kpi_reader, kpi_steward and kpi_writer have their rights\n")
    return 0
