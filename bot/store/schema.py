"""The tables; the sum of the migrations must give exactly these (tested on SQLite and PostgreSQL).

Longer than most modules because it is the one list of tables.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole milliseconds UTC (cut, not rounded); a naive one is refused with ValueError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant carries its zone; this datetime has none")
        return (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MILLISECOND


class WireText(TypeDecorator[str]):
    """Text that strangers wrote: a NUL or half a surrogate pair, which a database refuses, is kept as U+FFFD.

    Without this one malformed event would refuse its whole batch, again and again.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _only_row() -> CheckConstraint:
    return CheckConstraint("id = 1", name="only_row")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Never migrated: it is the envelope that docs/log-format.md promises to third parties; written once (triggers in 0001).
log_entry = Table(
    "log_entry",
    metadata,
    Column("log", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("h", Text, nullable=False),
    Column("prev", Text, nullable=False),
    PrimaryKeyConstraint("log", "seq"),
    UniqueConstraint("log", "prev"),
)

# Apart from the entries, so that erasing a field touches only this table.
opening = Table(
    "opening",
    metadata,
    Column("log", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("pre", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "seq", "name"),
    ForeignKeyConstraint(["log", "seq"], ["log_entry.log", "log_entry.seq"]),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("log", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False, index=True),
    Column("closed_at", Instant),
    Column("next_due", Instant, index=True),
    Column("main_room", Text, index=True),
    Column("head_seq", BigInteger, nullable=False),
    Column("head_h", Text, nullable=False),
    Column("verified_at", Instant),
    Column("phenomenon", Text),
    Column("checkpoint_size", BigInteger, nullable=False),
    Column("checkpoint_due", Instant),
    UniqueConstraint("year", "serial"),
    _one_of("state", "open", "closed", "finished"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", Text, primary_key=True),
    Column("incident", Text, index=True),
    Column("seq", BigInteger),
    Column("lane", Integer, nullable=False),
    Column("target", Text, nullable=False, index=True),
    Column("subject", Text),
    Column("slot", Text),
    Column("after", Text, ForeignKey("outbox.key", ondelete="SET NULL"), index=True),
    Column("kind", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("event_id", Text, index=True),
    Column("room", Text, index=True),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("error", WireText),
    Column("head_h", Text),
    # how many pages somebody was sent lately is asked at every louder one, also when years of messages lie behind
    Index("ix_outbox_kind_settled_at", "kind", "settled_at"),
    _one_of("state", "waiting", "sent", "withdrawn", "gave_up"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", WireText, primary_key=True),
    Column("room", WireText, nullable=False),
    Column("sender", WireText, nullable=False),
    Column("type", WireText, nullable=False),
    Column("received_at", Instant),
    Column("said_at", Instant),
    Column("raw", WireText),
    Column("decrypted", Boolean, nullable=False),
    Column("sender_key_known", Boolean, nullable=False),
    Column("undecryptable", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("state", Text, nullable=False, index=True),
    Column("error", WireText),
    _one_of("state", "waiting", "handled", "ignored", "failed"),
)

sync = Table(
    "sync",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("token", Text),
    Column("updated_at", Instant, nullable=False),
    _only_row(),
)

# `epoch` rises at every start and fences every write: see Database.begin.
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("beat_at", Instant),
    Column("effective", Instant),
    # milliseconds on the monotonic clock of the boot of that name: how long nobody beat, whatever the wall clock did
    Column("boot", Text),
    Column("monotonic", BigInteger),
    _only_row(),
)

override = Table(
    "override",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("municipalities", Text),
)

channel = Table(
    "channel",
    metadata,
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("room", Text),
    PrimaryKeyConstraint("person", "kind", "address"),
)

room = Table(
    "room",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("incident", Text, index=True),
    Column("person", Text, index=True),
    Column("municipality", Text),
    Column("must_encrypt", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("left_at", Instant),
    _one_of("kind", "direct", "alarm", "management", "incident"),
)

# Who said to be away; without a stand-in the shift is a gap that people are told of.
absence = Table(
    "absence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)

# The rotations of the last contacts that were in force, as people were told of them; JSON.
told_roster = Table(
    "told_roster",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rotations", LargeBinary, nullable=False),
    Column("told_at", Instant, nullable=False),
    _only_row(),
)

# A shift that one person asked another to take; it counts as an override only once that other said yes.
swap = Table(
    "swap",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("asker", Text, nullable=False, index=True),
    Column("other", Text, nullable=False, index=True),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("override", Text),
    Column("municipalities", Text),
    _one_of("state", "asked", "accepted", "refused", "withdrawn"),
)

# Private addresses, sealed with a key that is not in the database; the fingerprint answers "whose number is this".
reach = Table(
    "reach",
    metadata,
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("fingerprint", Text, nullable=False, index=True),
    Column("entered_at", Instant, nullable=False),
    Column("verified_at", Instant),
    Column("proved_at", Instant),
    Column("code_hash", Text),
    Column("code_expires", Instant),
    Column("code_tries", Integer, nullable=False),
    PrimaryKeyConstraint("person", "kind"),
)

# What a person said of one step of getting ready: done, put off, or (of a test) not heard.
readiness = Table(
    "readiness",
    metadata,
    Column("person", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("person", "step"),
    _one_of("state", "done", "later", "failed"),
)

# A secret address that answers one page, kept as its hash only.
answer_link = Table(
    "answer_link",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("incident", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)

channel_health = Table(
    "channel_health",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_success", Instant),
    Column("last_failure", Instant),
    Column("reason", Text),
)

# The secret address of a calendar, kept as its hash only; `subject` is a person or a role.
feed = Table(
    "feed",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    _one_of("kind", "person", "role"),
)

# Between nodes on PostgreSQL; `expires` is milliseconds by the clock of the database, never by ours.
lease = Table(
    "lease",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    _only_row(),
)

# What the homeserver says in a room by itself when the bot stops refreshing it.
dead_man = Table(
    "dead_man",
    metadata,
    Column("room", Text, primary_key=True),
    Column("delay_id", Text, nullable=False),
    Column("refreshed_at", Instant, nullable=False),
)

# Incidents whose logs were destroyed: their numbers are never given again, and their logs cannot be read back.
destroyed = Table(
    "destroyed",
    metadata,
    Column("incident", Text, primary_key=True),
    Column("log", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

# Where the log of what is said in an incident ends, and how much of it a checkpoint covers; only for those that have one.
transcript = Table(
    "transcript",
    metadata,
    Column("incident", Text, primary_key=True),
    Column("log", Text, nullable=False, unique=True),
    Column("head_seq", BigInteger, nullable=False),
    Column("head_h", Text, nullable=False),
    Column("checkpoint_size", BigInteger, nullable=False),
)

# What an authority outside answered about a checkpoint, as it came; `at` is the time in it. It stays when a log is destroyed.
stamp = Table(
    "stamp",
    metadata,
    Column("log", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("log", "size"),
)

# What people answered to a survey that is not over yet; who answered what is kept nowhere else, and not for longer.
survey = Table(
    "survey",
    metadata,
    Column("incident", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("reached", Integer),
    Column("worked", Integer),
    Column("remark", Text),
    PrimaryKeyConstraint("incident", "person"),
)
