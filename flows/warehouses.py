"""The configured warehouse, with what `sql` raises mapped to this program's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.errors import StorageError, UsageError
from flows.settings import Settings
from sql.address import masked
from sql.warehouse import QueryError, Warehouse, WarehouseError
from sql.warehouse import open_warehouse as _open


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse the settings name; raises StorageError for a URL no engine serves."""
    with storage_errors():
        return _open(settings.warehouse.url)


def open_aside(settings: Settings, published: Settings) -> Warehouse:
    """The warehouse of `settings`, for tables that must not take the place of the `published` ones.

    Raises UsageError where it is the published one.
    """
    if settings.warehouse.url == published.warehouse.url:
        raise UsageError(
            f"--as-of writes beside the published warehouse {address(published)}: "
            "name another one with `--warehouse duckdb:///PATH` before the command"
        )
    return open_warehouse(settings)


def address(settings: Settings) -> str:
    """The warehouse's URL as it may be shown: without its password."""
    return masked(settings.warehouse.url)


def require_warehouse(settings: Settings) -> None:
    """Raises StorageError, with what to do, when a night could not be published: said before the night's work."""
    with storage_errors():
        _open(settings.warehouse.url).check()


@contextmanager
def storage_errors() -> Iterator[None]:
    """Map what the warehouse raises: a question it does not understand is exit code 2, all else 13."""
    try:
        yield
    except QueryError as error:
        raise UsageError(str(error)) from error
    except WarehouseError as error:
        raise StorageError(str(error)) from error
