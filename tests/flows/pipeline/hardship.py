"""Hard times for the process a night runs in: folders that may not be written, a disk that is full."""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VERSION_3, _OVERRIDES = 0x20080522, 0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def obey_modes() -> None:
    """From now on the modes of files bind this process, also where it is root's; before it starts other threads."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_VERSION_3, 0), (_Sets * 2)()
    assert libc.capget(ctypes.byref(header), sets) == 0
    sets[0].effective &= ~_OVERRIDES
    assert libc.capset(ctypes.byref(header), sets) == 0


def limit_files(n_bytes: int) -> None:
    """As on a full disk, no file can grow beyond this size."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be made in a folder and in those below it."""
    modes = {place: place.stat().st_mode for place in (folder, *folder.rglob("*")) if place.is_dir()}
    for place in modes:
        place.chmod(0o555)
    try:
        yield
    finally:
        for place, mode in modes.items():
            place.chmod(mode)
