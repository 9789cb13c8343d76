"""Seeds that depend on what is estimated, not on the order in which it is."""

from __future__ import annotations

import hashlib


def seed_of(base: int, *key: object) -> tuple[int, ...]:
    """Four 32-bit words from the run's seed and the key of a cell; the same on every machine and in every order."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in (base, *key)).encode()).digest()
    return tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 16, 4))
