"""How an export that cannot be taken is refused: one line with source, file, rule and what to do."""

from __future__ import annotations

from flows.errors import SourcePermanentError


def refused(source: str, page_name: str, rule: str) -> SourcePermanentError:
    """The error for `rule` broken by the page `page_name` of `source`; say in `rule` what to do."""
    return SourcePermanentError(f'source "{source}", file {page_name}: {rule}')


def listed(names: list[str]) -> str:
    """Names for a message, the first ten of them."""
    shown = ", ".join(f'"{name}"' for name in names[:10])
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown
