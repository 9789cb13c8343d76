"""Names of text encodings."""

from __future__ import annotations

import codecs


def check_encoding(name: str) -> str:
    """`name` when it is a text encoding Python knows. Raises ValueError with common ones otherwise."""
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"unknown encoding {name!r}; common ones are utf-8, cp1252, iso-8859-1, utf-16") from None
    return name
