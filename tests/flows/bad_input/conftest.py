from pathlib import Path

import pytest

from tests.flows.bad_input.desk import KEY, Desk


@pytest.fixture(autouse=True)
def _key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)
    for name in ("CULTURE_KPIS_CONFIG", "CULTURE_KPIS_WAREHOUSE_URL", "CULTURE_KPIS_LAKE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.opened_in(tmp_path)
