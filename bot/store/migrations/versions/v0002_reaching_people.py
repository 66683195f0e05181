"""Reaching people: absences, swaps, sealed addresses, answer links, channel health, calendars, the lease, the dead man's switch.

`upgrade` is long because it is a list of tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outbox_kind_settled_at", "outbox", ["kind", "settled_at"])
    op.add_column("override", sa.Column("municipalities", sa.Text))
    op.add_column("heartbeat", sa.Column("boot", sa.Text))
    op.add_column("heartbeat", sa.Column("monotonic", sa.BigInteger))
    op.create_table(
        "absence",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_person", "absence", ["person"])
    op.create_table(
        "told_roster",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("rotations", sa.LargeBinary, nullable=False),
        sa.Column("told_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_told_roster_only_row")),
        sa.PrimaryKeyConstraint("id", name="pk_told_roster"),
    )
    op.create_table(
        "swap",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("asker", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("override", sa.Text),
        sa.Column("municipalities", sa.Text),
        sa.CheckConstraint("state IN ('asked', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_swap_state")),
        sa.PrimaryKeyConstraint("id", name="pk_swap"),
    )
    op.create_index("ix_swap_asker", "swap", ["asker"])
    op.create_index("ix_swap_other", "swap", ["other"])
    op.create_table(
        "reach",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("entered_at", sa.BigInteger, nullable=False),
        sa.Column("verified_at", sa.BigInteger),
        sa.Column("proved_at", sa.BigInteger),
        sa.Column("code_hash", sa.Text),
        sa.Column("code_expires", sa.BigInteger),
        sa.Column("code_tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", name="pk_reach"),
    )
    op.create_index("ix_reach_fingerprint", "reach", ["fingerprint"])
    op.create_table(
        "readiness",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("state IN ('done', 'later', 'failed')", name=op.f("ck_readiness_state")),
        sa.PrimaryKeyConstraint("person", "step", name="pk_readiness"),
    )
    op.create_table(
        "answer_link",
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("hash", name="pk_answer_link"),
    )
    op.create_table(
        "channel_health",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_success", sa.BigInteger),
        sa.Column("last_failure", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("channel", name="pk_channel_health"),
    )
    op.create_table(
        "feed",
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.CheckConstraint("kind IN ('person', 'role')", name=op.f("ck_feed_kind")),
        sa.PrimaryKeyConstraint("hash", name="pk_feed"),
    )
    op.create_table(
        "lease",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_lease_only_row")),
        sa.PrimaryKeyConstraint("id", name="pk_lease"),
    )
    op.create_table(
        "dead_man",
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("delay_id", sa.Text, nullable=False),
        sa.Column("refreshed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("room", name="pk_dead_man"),
    )
