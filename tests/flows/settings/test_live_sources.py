from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import ConfigurationError
from flows.settings import LiveSource, load_settings
from flows.sources import live

BLOCK = '[[source]]\nname = "kudos"\nconnector = "bonusly"\nstart_on = 2025-01-01\n'


def loaded(folder: Path, more: str = "", block: str = BLOCK) -> LiveSource:
    file = folder / "culture-kpis.toml"
    file.write_text(block + more, encoding="utf-8")
    source = load_settings(file).sources[0]
    assert isinstance(source, LiveSource)
    return source


def test_a_live_source_needs_its_account_and_a_first_day_only(tmp_path: Path) -> None:
    mappings = {(mapping.kind, mapping.grain) for mapping in loaded(tmp_path).mappings}

    assert mappings == {("organisation", "memberships"), ("recognition", "snapshot")}


def test_a_correction_counts_and_the_rest_stays(tmp_path: Path) -> None:
    columns = '[source.feeds.users.columns]\nteam = "custom_properties.department"\n'
    values = '[source.feeds.users.values.office]\nfront = ["Desk"]\n'

    members = loaded(tmp_path, columns + values).mappings[0]

    assert members.columns["team"] == "custom_properties.department"
    assert members.columns["person"] == "email"
    assert members.values == {"office": {"front": ["Desk"]}}


def test_constants_and_addresses_of_the_configuration_are_taken_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULTURE_KPIS_KUDOS_TOKEN", "secret")
    source = loaded(tmp_path, 'url = "https://x.test/{y}"\n[source.feeds.users.constants]\nteam = "{oops}"\n')

    assert source.mappings[0].constants["team"] == "{oops}"
    with live.opened(source) as walker:
        assert walker.client.url == "https://x.test/{y}"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('acount = "x"', 'line 5: unknown key "acount" in [[source]] of source "kudos"; did you mean "account"?'),
        ('leave_out = ["user"]', 'bonusly has no endpoint "user"; did you mean "users"?'),
        ("options = { secret = 1 }", 'bonusly has no option "secret"; valid are private'),
        ('[source.feeds.bonus.columns]\nat = "x"', 'bonusly has no endpoint "bonus"; did you mean "bonuses"?'),
        ('[source.feeds.users.columns]\nteam = "departmnt"', 'no column "departmnt", which team is mapped to'),
        ('[source.feeds.users.columns]\nteems = "team"', 'no field "teems" in organisation of grain memberships'),
        ('url = "bonus.ly"', "url"),
        ('url = "https://key@bonus.ly"', "url"),
    ],
)
def test_every_mistake_is_one_line(tmp_path: Path, more: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        loaded(tmp_path, more)

    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_connector_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='no connector "bonsly"; did you mean "bonusly"'):
        loaded(tmp_path, block=BLOCK.replace("bonusly", "bonsly"))


def test_a_missing_first_day_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='needs the key "start_on"'):
        loaded(tmp_path, block=BLOCK.replace("start_on = 2025-01-01\n", ""))


def test_a_secret_that_is_not_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CULTURE_KPIS_KUDOS_TOKEN", raising=False)

    with (
        pytest.raises(ConfigurationError, match='source "kudos": CULTURE_KPIS_KUDOS_TOKEN is not set'),
        live.opened(loaded(tmp_path)),
    ):
        pass
