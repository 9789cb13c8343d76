"""The same commands answer on PostgreSQL and SQLite as on DuckDB, and never show a password."""

from pathlib import Path

import polars as pl
import pytest

from flows.cli import run
from tests.flows.pipeline.projection import projected
from tests.flows.pipeline.small_company import KEY
from tests.flows.pipeline.undisturbed import Undisturbed
from tests.postgres_server import Server
from transforms.contracts import MARTS

Captured = pytest.CaptureFixture[str]
SECRET = "s3cret"


@pytest.fixture
def company(second_night: Undisturbed, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a published company, whose configuration the commands take."""
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)
    monkeypatch.setenv("CULTURE_KPIS_CONFIG", str(second_night.folder / "culture-kpis.toml"))
    return second_night.folder


@pytest.fixture
def served(company: Path, postgres: Server) -> str:
    """Its tables in PostgreSQL; the URL holds a password, though nobody asks for it."""
    url = postgres.database().set(username="postgres", password=SECRET).render_as_string(hide_password=False)
    return projected(company, url)


@pytest.fixture
def in_a_file(company: Path, tmp_path: Path) -> str:
    """Its tables in SQLite."""
    return projected(company, f"sqlite:///{tmp_path}/warehouse.sqlite")


@pytest.fixture(params=["served", "in_a_file"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def test_query_says_what_is_wrong_with_names(url: str, capsys: Captured) -> None:
    for sql, says in (
        ("SELECT * FROM kpi_valu", "did you mean kpi_value?"),
        ("SELECT * FROM zzz", "there are dim_date, "),
        ("SELECT happiness FROM kpi_value", 'LIMIT 1"'),
        ("DELETE FROM fct_kpi_value", "query failed"),
        ("  ", "the query is empty; there are dim_date, "),
    ):
        assert run(["--warehouse", url, "query", sql]) == 2
        shown = capsys.readouterr()
        assert says in shown.err
        assert shown.err.count("\n") == 1


def test_reading_commands_answer(url: str, tmp_path: Path, capsys: Captured) -> None:
    options = ["--warehouse", url]
    values = tmp_path / "values.parquet"

    assert run([*options, "query", "SELECT count(*) AS n FROM kpi_value", "--csv"]) == 0
    n_values = int(capsys.readouterr().out.splitlines()[1])
    assert run([*options, "export", "fct_kpi_value", "--out", str(values)]) == 0
    assert run([*options, "export", "marts.kpi_trend", "--out", str(tmp_path / "trend.csv")]) == 0
    assert run([*options, "report", "--out", str(tmp_path / "report.html")]) == 0
    assert run([*options, "doctor"]) == 0
    assert run([*options, "status"]) in (0, 16)

    shown = capsys.readouterr()
    assert n_values > 100
    assert pl.read_parquet_schema(values) == {name: c.dtype for name, c in MARTS["fct_kpi_value"].columns().items()}
    assert pl.read_csv(tmp_path / "trend.csv").height == n_values
    assert f": {n_values:,} numbers" in shown.out
    assert SECRET not in shown.out + shown.err


@pytest.mark.soak
def test_published_tables_are_judged_again_from_a_server(served: str, capsys: Captured) -> None:
    assert run(["--warehouse", served, "validate"]) == 0

    assert f"{len(MARTS)} published tables" in capsys.readouterr().out
