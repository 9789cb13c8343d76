"""Reads the configuration file and the environment into Settings. Precedence: flag, environment, file, default.

Paths in the file (sources, warehouse file, lake folder) are relative to the folder of the file, so that a night
started from anywhere finds the same things; paths in a flag or the environment are relative to where one stands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.errors import ConfigurationError
from flows.settings.complaint import complaint, from_validation
from flows.settings.lines import Place
from flows.settings.mapping import check_source
from flows.settings.models import Settings, Source, SourceSettings, Warehouse

DEFAULT_FILE = Path("culture-kpis.toml")
_FILE_ENGINES = ("duckdb", "sqlite")


class Environment(BaseSettings):
    """What the environment may say: CULTURE_KPIS_CONFIG, _WAREHOUSE_URL, _LAKE_URL, _PSEUDONYM_KEY, _NOTIFY_URLS."""

    model_config = SettingsConfigDict(env_prefix="CULTURE_KPIS_", env_ignore_empty=True, extra="ignore")

    config: Path | None = None
    warehouse_url: str | None = None
    lake_url: str | None = None
    pseudonym_key: SecretStr | None = None
    notify_urls: SecretStr | None = None


def load_settings(
    config: Path | None = None, *, warehouse: str | None = None, lake: str | None = None, required: bool = True
) -> Settings:
    """The settings from `config`, else CULTURE_KPIS_CONFIG, else ./culture-kpis.toml.

    `warehouse` and `lake` are URLs from the command line and win over everything. With `required=False` a missing
    ./culture-kpis.toml means defaults; a file that was named must exist. Raises ConfigurationError, one line, for
    whatever is wrong.
    """
    environment = Environment()
    named = config or environment.config
    file = (named or DEFAULT_FILE).expanduser()
    settings = Settings()
    if named or required or file.exists():
        settings = _from_file(file)
    here, beside = Path.cwd(), file.absolute().parent
    warehouse_url = warehouse or environment.warehouse_url
    lake_url = lake or environment.lake_url
    resolved = settings.model_copy(
        update={
            "warehouse": _warehouse(warehouse_url, here) or _warehouse(settings.warehouse.url, beside),
            "lake": settings.lake.model_copy(
                update={"url": _folder(lake_url, here) if lake_url else _folder(settings.lake.url, beside)}
            ),
            "source": [
                source.model_copy(update={"path": str(beside / Path(source.path).expanduser())})
                if isinstance(source, SourceSettings)
                else source
                for source in settings.source
            ],
        }
    )
    resolved._pseudonym_key = environment.pseudonym_key
    resolved._notify_urls = environment.notify_urls
    resolved._config_file = file.absolute() if file.exists() else None
    return resolved


def _from_file(file: Path) -> Settings:
    text = _read(file)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise from_validation(file, text, raw, Settings, error) from None
    for position, source in enumerate(settings.source):
        for place, rule in (*_repeated(settings.source, position), *check_source(source)):
            section = f'source "{source.name}": ' if place != ("name",) else ""
            raise complaint(file, text, ("source", position, *place), section + rule)
    return settings


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            f"no configuration at {file}; make one with `culture-kpis init` or name one with --config"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None


def _repeated(sources: list[Source], position: int) -> Iterator[tuple[Place, str]]:
    name = sources[position].name
    if name in [other.name for other in sources[:position]]:
        yield ("name",), f'two sources are named "{name}"; every source needs its own name'


def _warehouse(url: str | None, base: Path) -> Warehouse | None:
    if url is None:
        return None
    try:
        given = Warehouse(url=url)
    except ValidationError:
        raise ConfigurationError(
            "the warehouse's URL is none; use duckdb:///FILE, postgresql://USER@HOST/DATABASE or another SQLAlchemy URL"
        ) from None
    engine, separator, place = given.url.partition(":///")
    if engine not in _FILE_ENGINES or not separator or place in {"", ":memory:"}:
        return given
    return Warehouse(url=f"{engine}:///{base / Path(place).expanduser()}")


def _folder(url: str, base: Path) -> str:
    return url if "://" in url else str(base / Path(url).expanduser())
