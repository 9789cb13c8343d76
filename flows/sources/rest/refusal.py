"""How a live system that cannot be pulled is told of: one line with source, place, rule and what to do.

A message never quotes a body, a header or a parameter: they may hold secrets or people.
"""

from __future__ import annotations

from flows.errors import SourcePermanentError, SourceTransientError


def refused(source: str, place: str, rule: str) -> SourcePermanentError:
    """Trying again would not help: the rule says what would."""
    return SourcePermanentError(f'source "{source}", {place}: {rule}')


def unanswered(source: str, place: str, rule: str) -> SourceTransientError:
    """Trying again later may help; what has arrived is kept and the next run goes on there."""
    return SourceTransientError(f'source "{source}", {place}: {rule}; run again later, it goes on where it stopped')
