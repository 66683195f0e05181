"""The first tables, and the triggers that let nobody change or delete an entry of the log.

`upgrade` is long because it is a list of tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_entry",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("h", sa.Text, nullable=False),
        sa.Column("prev", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("log", "seq", name="pk_log_entry"),
        sa.UniqueConstraint("log", "prev", name="uq_log_entry_log_prev"),
    )
    _write_once("log_entry")
    op.create_table(
        "opening",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("pre", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", "seq", "name", name="pk_opening"),
        sa.ForeignKeyConstraint(["log", "seq"], ["log_entry.log", "log_entry.seq"], name="fk_opening_log_seq"),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blob"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("municipality", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("next_due", sa.BigInteger),
        sa.Column("main_room", sa.Text),
        sa.Column("head_seq", sa.BigInteger, nullable=False),
        sa.Column("head_h", sa.Text, nullable=False),
        sa.Column("verified_at", sa.BigInteger),
        sa.Column("phenomenon", sa.Text),
        sa.Column("checkpoint_size", sa.BigInteger, nullable=False),
        sa.Column("checkpoint_due", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("log", name="uq_incident_log"),
        sa.UniqueConstraint("number", name="uq_incident_number"),
        sa.UniqueConstraint("year", "serial", name="uq_incident_year_serial"),
        sa.CheckConstraint("state IN ('open', 'closed', 'finished')", name=op.f("ck_incident_state")),
    )
    _index("incident", "opened_at", "next_due", "main_room")
    op.create_table(
        "outbox",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("incident", sa.Text),
        sa.Column("seq", sa.BigInteger),
        sa.Column("lane", sa.Integer, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("slot", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text),
        sa.Column("room", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.Column("head_h", sa.Text),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
        sa.ForeignKeyConstraint(["after"], ["outbox.key"], name="fk_outbox_after", ondelete="SET NULL"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'withdrawn', 'gave_up')", name=op.f("ck_outbox_state")),
    )
    _index("outbox", "incident", "after", "state", "event_id", "room", "target")
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger),
        sa.Column("said_at", sa.BigInteger),
        sa.Column("raw", sa.Text),
        sa.Column("decrypted", sa.Boolean, nullable=False),
        sa.Column("sender_key_known", sa.Boolean, nullable=False),
        sa.Column("undecryptable", sa.Boolean, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
        sa.UniqueConstraint("position", name="uq_inbox_position"),
        sa.CheckConstraint("state IN ('waiting', 'handled', 'ignored', 'failed')", name=op.f("ck_inbox_state")),
    )
    _index("inbox", "state")
    op.create_table(
        "sync",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("token", sa.Text),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sync"),
        sa.CheckConstraint("id = 1", name=op.f("ck_sync_only_row")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("beat_at", sa.BigInteger),
        sa.Column("effective", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
        sa.CheckConstraint("id = 1", name=op.f("ck_heartbeat_only_row")),
    )
    op.create_table(
        "override",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_override"),
    )
    op.create_table(
        "channel",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("room", sa.Text),
        sa.PrimaryKeyConstraint("person", "kind", "address", name="pk_channel"),
    )
    op.create_table(
        "room",
        sa.Column("room_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("incident", sa.Text),
        sa.Column("person", sa.Text),
        sa.Column("municipality", sa.Text),
        sa.Column("must_encrypt", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("left_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("room_id", name="pk_room"),
        sa.CheckConstraint("kind IN ('direct', 'alarm', 'management', 'incident')", name=op.f("ck_room_kind")),
    )
    _index("room", "incident", "person")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _write_once(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
            )
    else:
        op.execute(
            f"CREATE FUNCTION {table}_written_once() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is written once'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_written_once()"
        )
