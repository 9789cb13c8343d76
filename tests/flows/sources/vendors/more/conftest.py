from __future__ import annotations

from pathlib import Path

import pytest

from flows.sources import connectors
from flows.sources.rest import pace


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """More modules lie where connectors lie. Nothing else is told of them."""
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(Path(__file__).parent / "connectors")])
    for secret in ("TOKEN", "USER", "PASSWORD", "EMAIL", "CLIENT", "SECRET"):
        monkeypatch.setenv(f"CULTURE_KPIS_LIVE_{secret}", secret.lower())
    monkeypatch.setattr(pace, "_MINUTE", 0.001)
