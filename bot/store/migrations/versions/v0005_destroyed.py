"""Incidents whose logs were destroyed when their term was over."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "destroyed",
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("incident", name="pk_destroyed"),
        sa.UniqueConstraint("log", name="uq_destroyed_log"),
        sa.UniqueConstraint("number", name="uq_destroyed_number"),
    )
