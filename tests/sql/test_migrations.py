"""Migrations lead to the tables of today, and what others granted or built on them stays."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sql.errors import WarehouseError
from sql.migrate import MIGRATIONS, VERSION_TABLE
from sql.tables import metadata
from tests.postgres_server import Server
from tests.sql.conftest import opened

Frames = dict[str, pl.DataFrame]
NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", "{head}"


def upgrade():
    op.add_column("fct_kpi_value", sa.Column("mood", sa.String()), schema="marts")
    op.create_table("fct_mood", sa.Column("mood_id", sa.String(), primary_key=True), schema="marts")
"""


@pytest.fixture
def update_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it gives the program one migration more."""

    def update() -> None:
        folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
        head = max(file.name[1:5] for file in (folder / "versions").glob("r*.py"))
        (folder / "versions" / "r9000_mood.py").write_text(NEXT.format(head=head))
        monkeypatch.setattr("sql.migrate.MIGRATIONS", folder)

    return update


def test_migrations_lead_to_the_tables_of_today(postgres: Server) -> None:
    """Fails after a change of a contract: python tests/sql/new_migration.py "what changes" writes what is missing."""
    database = postgres.empty_database()

    steps = opened(database).upgrade()

    assert [step[:4] for step in steps] == [f"{number:04}" for number in range(1, len(steps) + 1)]
    engine = sa.create_engine(database.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=VERSION_TABLE | {"include_schemas": True})
        assert compare_metadata(context, metadata()) == []
    engine.dispose()


def test_a_second_upgrade_does_nothing(postgres: Server) -> None:
    assert opened(postgres.database()).upgrade() == []


def test_a_missing_migration_is_named_with_the_command(
    postgres: Server, marts: Frames, update_program: Callable[[], None]
) -> None:
    house = opened(postgres.database())
    house.stage(marts, {})
    house.publish()
    before = house.hashes()
    update_program()

    for ask in (house.check, lambda: house.stage(marts, {}), house.grant_roles):
        with pytest.raises(WarehouseError, match="needs 9000; run `culture-kpis warehouse upgrade`"):
            ask()
    assert house.hashes() == before


def test_an_upgrade_keeps_rows_grants_and_what_analysts_built(
    postgres: Server, marts: Frames, update_program: Callable[[], None]
) -> None:
    database = postgres.database()
    house = opened(database)
    house.stage(marts, {})
    house.publish()
    with postgres.admin(str(database.database)) as admin:
        admin.execute("CREATE ROLE ada LOGIN")
        admin.execute("GRANT kpi_reader TO ada")
        admin.execute("CREATE VIEW public.mine AS SELECT kpi_name, value FROM marts.kpi_value")
        admin.execute("CREATE VIEW public.raw AS SELECT count(*) AS cells FROM marts.fct_kpi_value")
        admin.execute("GRANT SELECT ON public.mine, public.raw TO ada")
    before = house.hashes()
    update_program()

    assert [step[:4] for step in house.upgrade()] == ["9000"]

    house.check()
    assert house.hashes() == before
    analyst = opened(database.update_query_dict({"user": "ada"}))
    assert analyst.query("SELECT count(*) AS n FROM public.mine").item() == 5
    assert analyst.query("SELECT cells FROM public.raw").item() == 6
    assert analyst.query("SELECT mood FROM fct_kpi_value").height == 6
    assert analyst.query("SELECT * FROM fct_mood").is_empty()


def test_a_view_with_other_columns_is_made_anew_and_still_open_to_readers(postgres: Server, marts: Frames) -> None:
    database = postgres.database()
    house = opened(database)
    house.stage(marts, {})
    house.publish()
    with postgres.admin(str(database.database)) as admin:
        admin.execute("DROP VIEW marts.kpi_scorecard")
        admin.execute("CREATE VIEW marts.kpi_scorecard AS SELECT 1 AS of_an_older_version")
        admin.execute("CREATE ROLE bea LOGIN")
        admin.execute("GRANT kpi_reader TO bea")

    house.upgrade()

    analyst = opened(database.update_query_dict({"user": "bea"}))
    assert analyst.query("SELECT kpi_name FROM kpi_scorecard").height == 2


def test_an_upgrade_does_not_make_readers_wait_behind_it(
    postgres: Server, update_program: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = postgres.database()
    house = opened(database)
    update_program()
    monkeypatch.setattr("sql.migrate.PATIENCE", "50ms")
    with postgres.admin(str(database.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM marts.fct_kpi_value")

        with pytest.raises(WarehouseError, match="cannot upgrade: another session holds a lock for too long"):
            house.upgrade()

    assert [step[:4] for step in house.upgrade()] == ["9000"]
