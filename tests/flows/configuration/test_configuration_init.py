import tomllib
from pathlib import Path

import pytest

from flows.configuration.init import Answers, new_configuration
from flows.settings import load_settings
from flows.sources.connectors import connector, connector_names
from transforms.staging.checks import mapping_problems
from transforms.staging.fields import FIELDS

EXAMPLE = Path(__file__).resolve().parents[3] / "deployments/examples/culture-kpis.toml"


def test_a_new_configuration_loads_and_says_what_was_answered(tmp_path: Path) -> None:
    file = tmp_path / "culture-kpis.toml"
    file.write_text(
        new_configuration(Answers(name='The "Ä" \\ Team', timezone="Asia/Tokyo", holidays="JP", minimum_group=8)),
        encoding="utf-8",
    )

    settings = load_settings(file)

    assert settings.organisation.name == 'The "Ä" \\ Team'
    assert settings.organisation.timezone == "Asia/Tokyo"
    assert settings.organisation.holidays == "JP"
    assert settings.organisation.minimum_group == 8
    assert settings.sources == []


@pytest.mark.parametrize("holidays", [None, ""])
def test_holidays_may_be_left_out(holidays: str | None) -> None:
    text = new_configuration(Answers(name="Example", holidays=holidays))

    assert "holidays" not in tomllib.loads(text)["organisation"]


def test_no_key_is_written() -> None:
    text = new_configuration(Answers(name="Example"))

    assert "CULTURE_KPIS_PSEUDONYM_KEY" in text
    assert "pseudonym_key" not in tomllib.loads(text)


def test_the_example_loads_and_every_mapping_in_it_makes_sense() -> None:
    settings = load_settings(EXAMPLE)

    problems = [problem for source in settings.sources for problem in mapping_problems(source)]

    assert problems == []
    shown = {(source.kind, source.grain) for source in settings.sources}
    live = {
        (feed.kind, feed.grain)
        for name in connector_names()
        for part in connector(name).parts().values()
        for feed in part.feeds
    }
    # What only a live system gives is mapped by its connector, and nobody writes it down.
    assert shown | live == set(FIELDS)
