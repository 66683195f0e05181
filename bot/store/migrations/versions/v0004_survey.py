"""The survey after an incident: what people answered, until it is over."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("reached", sa.Integer),
        sa.Column("worked", sa.Integer),
        sa.Column("remark", sa.Text),
        sa.PrimaryKeyConstraint("incident", "person", name="pk_survey"),
    )
