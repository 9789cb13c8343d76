"""A demo folder that held another company, of another seed, scale or version, begins again.

A lake keeps what it was given. Two companies in one lake would be one company that never was, and pages that an older
version of the demo left there may not be what this one reads.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

_CONFIGURATION, _EXPORTS = "culture-kpis.toml", "exports"


def company_in(folder: Path) -> str | None:
    """A hash of the configuration and exports that a demo folder holds; None where there is no demo."""
    configuration = folder / _CONFIGURATION
    if not configuration.exists():
        return None
    digest = hashlib.sha256()
    for file in (configuration, *sorted(path for path in (folder / _EXPORTS).rglob("*") if path.is_file())):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def forget_computed(folder: Path) -> None:
    """Remove the lake and the warehouse of a demo folder."""
    shutil.rmtree(folder / "lake", ignore_errors=True)
    for file in folder.glob("warehouse*"):
        file.unlink()
