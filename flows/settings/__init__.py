"""Settings: `culture-kpis.toml` and the environment, checked before anything runs.

`load_settings` is the only road to them. Every mistake is a `ConfigurationError` of one line.
"""

from __future__ import annotations

from flows.settings.load import load_settings
from flows.settings.models import LiveSource, Settings, Source, SourceSettings

__all__ = ["LiveSource", "Settings", "Source", "SourceSettings", "load_settings"]
