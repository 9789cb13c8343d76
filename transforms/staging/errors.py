"""What a person can have got wrong in a mapping, as one exception with one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MappingError(ValueError):
    """A mapping does not fit its export or the contracts.

    The message is one line: source, file where there is one, what is wrong, the nearest valid name.
    """


def nearest(name: str, valid: Iterable[str]) -> str:
    """A hint for an unknown name: the most similar valid one, or the list of them when nothing is similar."""
    names = list(valid)
    by_folded = {candidate.casefold(): candidate for candidate in names}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.5)
    if close:
        return f'nearest: "{by_folded[close[0]]}"'
    return f"there are: {', '.join(names[:20])}" if names else "there are none"
