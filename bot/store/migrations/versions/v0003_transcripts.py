"""The log of what is said in an incident: where each ends."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transcript",
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("head_seq", sa.BigInteger, nullable=False),
        sa.Column("head_h", sa.Text, nullable=False),
        sa.Column("checkpoint_size", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("incident", name="pk_transcript"),
        sa.UniqueConstraint("log", name="uq_transcript_log"),
    )
