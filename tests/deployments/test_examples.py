"""Every example configuration is one that a run would take."""

from pathlib import Path

import pytest

from flows.settings import load_settings

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "deployments/examples").glob("*.toml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_an_example_is_valid_and_says_what_its_sources_mean(file: Path) -> None:
    settings = load_settings(file)
    assert settings.sources
    assert all(source.mappings for source in settings.sources)
