import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import ConfigurationError
from flows.settings import load_settings
from sql.duckdb_file import DuckDbFile
from sql.warehouse import open_warehouse

BASE = """\
[organisation]
name = "Example"
timezone = "Europe/Berlin"
holidays = "DE-BE"

[[organisation.working_hours]]
weekday = ["monday", "tuesday"]
opens = "08:00"
closes = "12:00"

[[organisation.working_hours]]
weekday = "monday"
opens = "13:00"
closes = "24:00"

[warehouse]
url = "duckdb:///var/w.duckdb"

[[source]]
name = "desk"
kind = "tickets"
grain = "snapshot"
path = "exports/*.csv"

[source.columns]
ticket_id = "number"
created_at = "opened"

[source.values.status]
open = ["Active"]
"""


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CULTURE_KPIS_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "culture-kpis.toml"
    file.write_text(BASE)
    return file


def complaint(config: Path, old: str, new: str) -> str:
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as caught:
        load_settings(config)
    message = str(caught.value)
    assert caught.value.exit_code == 14
    assert "\n" not in message
    assert message.startswith(str(config))
    return message.removeprefix(str(config)).strip()


def test_paths_in_the_file_are_relative_to_its_folder(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")

    settings = load_settings(config)

    folder = config.parent
    assert settings.warehouse.url == f"duckdb:///{folder}/var/w.duckdb"
    assert settings.lake.url == f"{folder}/var/lake"
    assert settings.sources[0].path == f"{folder}/exports/*.csv"
    assert settings.config_file == config


def test_flag_wins_over_environment_over_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(config.parent)
    monkeypatch.setenv("CULTURE_KPIS_LAKE_URL", "elsewhere")
    monkeypatch.setenv("CULTURE_KPIS_WAREHOUSE_URL", "postgresql://reader@db/marts")

    assert load_settings(config).warehouse.url == "postgresql://reader@db/marts"
    assert load_settings(config).lake.url == str(config.parent / "elsewhere")
    assert load_settings(config, lake="s3://bucket/lake").lake.url == "s3://bucket/lake"
    assert load_settings(config, warehouse="duckdb:///:memory:").warehouse.url == "duckdb:///:memory:"


def test_the_file_is_found_by_flag_environment_and_folder(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CULTURE_KPIS_CONFIG", str(config))
    assert load_settings().organisation.name == "Example"

    monkeypatch.delenv("CULTURE_KPIS_CONFIG")
    monkeypatch.chdir(config.parent)
    assert load_settings().organisation.name == "Example"


def test_a_missing_file_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError, match="culture-kpis init"):
        load_settings()
    with pytest.raises(ConfigurationError, match="no configuration at"):
        load_settings(tmp_path / "x.toml", required=False)
    assert load_settings(required=False).sources == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("holidays =", "holiday =", 'line 4: unknown key "holiday" in [organisation]; did you mean "holidays"?'),
        ("[warehouse]", "[warehous]", 'line 16: unknown key "warehous" in the top level; did you mean "warehouse"?'),
        ("path =", "pth =", 'line 23: unknown key "pth" in [[source]] of source "desk"; did you mean "path"?'),
        ("path =", "# path =", 'line 19: [[source]] of source "desk" needs the key "path"'),
        ("ticket_id", "ticked_id", 'line 26: source "desk": no field "ticked_id" in tickets of grain snapshot'),
        ("open = [", "opne = [", 'line 30: source "desk": "opne" is no status; did you mean "open"?'),
        ("values.status", "values.stats", 'line 29: source "desk": no field "stats"'),
        ('"tickets"', '"ticket"', "line 21: [[source]] of source \"desk\": kind: input should be 'tickets'"),
        ('"snapshot"', '"long_answers"', 'line 22: source "desk": kind "tickets" has no grain "long_answers"'),
        ('"number"', "3", 'line 26: [source.columns] of source "desk": ticket_id: input should be a valid string'),
        ('"desk"', '"The Desk"', 'line 20: [[source]] of source "The Desk": name: use lower-case letters'),
        ("Europe/Berlin", "Europe/Berln", "unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?"),
        ("DE-BE", "DE-QQ", "line 4: [organisation]: holidays: unknown subdivision 'QQ'"),
        ("DE-BE", "XQ", "line 4: [organisation]: holidays: unknown country 'XQ'"),
        (
            'name = "Example"',
            "minimum_group = 4",
            "line 2: [organisation]: minimum_group: input should be greater than",
        ),
        ('name = "Example"', "name = ", "not valid TOML: Invalid value (at line 2, column 8)"),
        ('"08:00"', '"13:00"', "opens 13:00 is not before closes 12:00"),
        ('"13:00"', '"11:00"', "working_hours of monday overlap at 11:00"),
        ('"13:00"', '"1 pm"', "opens: use HH:MM"),
        ("duckdb:///var", "/var", "line 17: [warehouse]: url: use duckdb:///FILE, postgresql://"),
        ('path = "', 'encoding = "utf9"\npath = "', 'line 23: [[source]] of source "desk": encoding: unknown encoding'),
    ],
)
def test_every_mistake_is_one_line_with_its_place(config: Path, old: str, new: str, told: str) -> None:
    assert told in complaint(config, old, new)


def test_two_sources_of_one_name_are_refused(config: Path) -> None:
    second = BASE[BASE.index("[[source]]") :]

    message = complaint(config, BASE, BASE + second)

    assert message.startswith('line 32: two sources are named "desk"')


def test_items_are_checked_too(config: Path) -> None:
    item = '\n[[source.item]]\nquestion = "Is it fun?"\nscale = "1-6"\n'
    survey = BASE.replace('"tickets"', '"survey"').replace('"snapshot"', '"wide_answers"')
    survey = survey[: survey.index("[source.columns]")] + item

    assert 'line 28: source "desk": no scale "1-6"; valid are 1-4' in complaint(config, BASE, survey)
    assert 'no construct "funn"; did you mean "fun"?' in complaint(config, '"1-6"', '"1-5"\nconstruct = "funn"')
    assert 'unknown key "revers" in [[source.item]] item 1' in complaint(config, 'construct = "funn"', "revers = true")


def test_a_file_that_is_not_utf_8_is_told(config: Path) -> None:
    config.write_bytes(b'[organisation]\nname = "Caf\xe9"\n')

    with pytest.raises(ConfigurationError, match="not UTF-8 at byte 26"):
        load_settings(config)


def test_the_key_comes_from_the_environment_only(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"secrets.token_hex\(32\)"):
        load_settings(config).pseudonym_key()

    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", "short")
    with pytest.raises(ConfigurationError, match="has 5 characters and needs 32") as caught:
        load_settings(config).pseudonym_key()
    assert "short" not in str(caught.value)

    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", "k" * 32)
    settings = load_settings(config)
    assert settings.pseudonym_key() == b"k" * 32
    assert "kkk" not in repr(settings)
    assert "kkk" not in settings.model_dump_json()


def test_the_context_knows_holidays_and_hours(config: Path) -> None:
    context = load_settings(config).context(dt.date(2026, 3, 31))

    named = dict(context.holidays)
    # International Women's Day is a holiday in Berlin since 2019, and nowhere else in the west of Germany.
    assert dt.date(2026, 3, 8) in named
    assert dt.date(2018, 3, 8) not in named
    assert dt.date(2027, 1, 1) in named
    assert context.timezone == "Europe/Berlin"
    assert context.as_of == dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC)
    assert context.working_slots.select("weekday", "opens_minute", "closes_minute").rows() == [
        (1, 480, 720),
        (1, 780, 1440),
        (2, 480, 720),
    ]


def test_without_working_hours_nine_to_five_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[organisation]\nname = "Example"\n')

    context = load_settings(file).context(dt.date(2026, 1, 1))

    assert context.holidays == ()
    assert context.working_slots.rows()[0][1:] == (1, 540, 1020)


def test_importing_settings_loads_nothing_heavy() -> None:
    code = (
        "import sys, flows.settings; heavy = {'polars', 'prefect', 'great_expectations', 'dlt', 'holidays', 'duckdb'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["a%20b", "a[b]", "plain"])
def test_the_warehouse_lies_beside_the_configuration_whatever_its_folder_is_called(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "culture-kpis.toml").write_text('[organisation]\nname = "X"\n[lake]\nurl = "/tmp/a-lake"\n')

    warehouse = open_warehouse(load_settings(folder / "culture-kpis.toml").warehouse.url)

    assert isinstance(warehouse, DuckDbFile)
    assert warehouse.path == folder / "var/warehouse.duckdb"
