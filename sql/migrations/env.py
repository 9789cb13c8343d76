"""Alembic's entry: runs revisions over the connection it is given, and compares structure, not comments."""

import sqlalchemy as sa
from alembic import context

from sql.migrate import VERSION_TABLE
from sql.tables import metadata


def _structure() -> sa.MetaData:
    bare = sa.MetaData()
    for table in metadata().sorted_tables:
        copied = table.to_metadata(bare)
        copied.comment = None
        for column in copied.columns:
            column.comment = None
            column.autoincrement = False if column.primary_key else "auto"
    return bare


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=_structure(),
    include_schemas=True,
    **VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
