"""customer organisations of tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply it."""
    op.add_column("fct_ticket", sa.Column("customer_organisation_id", sa.String(), nullable=True), schema="restricted")
    op.add_column(
        "fct_ticket", sa.Column("customer_organisation_name", sa.String(), nullable=True), schema="restricted"
    )
