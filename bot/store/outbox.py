"""Messages that must reach somebody: written with the entry that asks for them, sent afterwards, settled once.

The key is the Matrix transaction id: a row sent twice after a crash is one event for the homeserver.
Longer than most modules: every question to this one table stands here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.custody import Log
from bot.domain.ids import EventId, IncidentId, PersonId, RoomId
from bot.store.schema import incident as incident_table
from bot.store.schema import outbox
from bot.store.statements import insert, values_of

OutboxState = Literal["waiting", "sent", "withdrawn", "gave_up"]

_WAITING = outbox.c.state == "waiting"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One effect on the outside.

    `subject` is what it is about (a page), for withdrawing. Of one `slot` of an incident only the newest waiting row
    counts. `after` is the key of a row that must be sent first. `attempts` counts the tries that failed. `message` is
    JSON.
    """

    key: str
    incident: IncidentId | None
    seq: int | None
    lane: int
    target: str
    kind: str
    message: bytes
    created_at: datetime
    subject: str | None = None
    slot: str | None = None
    after: str | None = None
    not_before: datetime | None = None
    state: OutboxState = "waiting"
    event_id: EventId | None = None
    room: RoomId | None = None
    attempts: int = 0
    settled_at: datetime | None = None
    error: str | None = None
    head_h: str | None = None  # the hash of entry `seq`, which the message shows


CHAT: Final = (
    "/chat/"  # in the key of what tells an entry of the transcript, whose numbers are others than the incident's
)


def log_of(row: OutboxRow) -> Log:
    """In which of an incident's two logs `seq` is a number."""
    return "transcript" if CHAT in row.key else "incident"


def again(row: OutboxRow) -> OutboxRow:
    """The same message under another name, for when the first is forgotten where it was sent and was read to be missing."""
    return replace(row, key=f"{row.key}/again")


# Built once: the outbox is asked after every commit, and building such a statement takes longer than carrying it out.
_COLUMNS = tuple(outbox.c[field.name] for field in fields(OutboxRow))
_FIRST = outbox.alias("first")
_SENT_BEFORE = select(_FIRST.c.key).where(_FIRST.c.key == outbox.c.after, _FIRST.c.state == "sent").exists()
_UNBLOCKED = and_(_WAITING, or_(outbox.c.after.is_(None), _SENT_BEFORE))
_READY = (
    select(*_COLUMNS)
    .where(_UNBLOCKED, or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("now")))
    # `seq` before `key`: as text "inc/10/0" would come before "inc/9/0".
    .order_by(outbox.c.lane, outbox.c.created_at, outbox.c.seq.nulls_first(), outbox.c.key)
    .limit(bindparam("most"))
)
_NEXT = select(func.min(outbox.c.not_before)).where(_UNBLOCKED)
_NEVER = and_(_FIRST.c.key == outbox.c.after, _FIRST.c.state.in_(["withdrawn", "gave_up"]))
_FOLLOWERS = (
    update(outbox)
    .where(_WAITING, select(_FIRST.c.key).where(_NEVER).exists())
    .values(state="withdrawn", settled_at=bindparam("at"))
)
_BY_KEY = select(*_COLUMNS).where(outbox.c.key == bindparam("named"))
_BY_EVENT = select(*_COLUMNS).where(outbox.c.event_id == bindparam("named"))
_SENT = (
    select(*_COLUMNS)
    .where(outbox.c.incident == bindparam("of"), outbox.c.kind == bindparam("sort"), outbox.c.state == "sent")
    .where(outbox.c.subject.is_not_distinct_from(bindparam("about")))
    .order_by(outbox.c.created_at, outbox.c.seq)
)

# Of no incident: how far a dossier is.
_SENT_OF_NONE = (
    select(*_COLUMNS)
    .where(outbox.c.incident.is_(None), outbox.c.kind == bindparam("sort"), outbox.c.state == "sent")
    .where(outbox.c.subject.is_not_distinct_from(bindparam("about")))
    .order_by(outbox.c.created_at, outbox.c.seq)
)


# The mark on a row that left for somewhere that must not get it twice, and of which nothing was heard since.
LEAVING = "leaving"
# What brings a page: by Matrix, and by another channel.
_PAGES = ("PageText", "ChannelPage")
# That, and what was said about it to the same person over the same channel.
_CALLING = (*_PAGES, "ChannelEcho", "ChannelCalledOff", "PageSettled")


async def enqueue(conn: AsyncConnection, rows: Iterable[OutboxRow]) -> None:
    """Add rows in their order; a key that is already known, in whatever state, is left as it is.

    Older waiting rows of the same slot are withdrawn. `after` must name a row that exists (else IntegrityError).
    """
    by_key: dict[str, OutboxRow] = {}
    for row in rows:
        by_key.setdefault(row.key, row)
    if not by_key:
        return
    added = insert(conn, outbox).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.key)
    fresh = set((await conn.execute(added, [values_of(row) for row in by_key.values()])).scalars())
    new = [row for row in by_key.values() if row.key in fresh]
    slots = {(row.incident, row.slot): row for row in new if row.slot is not None}
    for (incident, slot), row in slots.items():
        of_incident = outbox.c.incident.is_not_distinct_from(incident)
        await _withdraw(conn, and_(of_incident, outbox.c.slot == slot, outbox.c.key != row.key), row.created_at)
    # What comes after a row of this very call cannot come too late: that row was waiting, or its slot was looked after above.
    late = [row for row in new if row.after is not None and row.after not in fresh]
    if late:
        await _withdraw_followers(conn, late[-1].created_at)


async def ready(conn: AsyncConnection, now: datetime, limit: int) -> list[OutboxRow]:
    """The rows that may be sent now, most urgent lane first, then in the order in which they were asked for."""
    return [OutboxRow(*row) for row in await conn.execute(_READY, {"now": now, "most": limit})]


async def next_not_before(conn: AsyncConnection) -> datetime | None:
    """When the earliest postponed row that nothing else holds back may be tried again; None when there is none."""
    earliest: datetime | None = (await conn.execute(_NEXT)).scalar_one()
    return earliest


async def settle(conn: AsyncConnection, key: str, event_id: EventId | None, room: RoomId | None, at: datetime) -> None:
    """It was sent. Also when it was withdrawn meanwhile: what happened outside is what is written down.

    Raises KeyError for a key that was never enqueued.
    """
    sent = {"state": "sent", "event_id": event_id, "room": room, "settled_at": at, "error": None}
    if (await conn.execute(update(outbox).where(outbox.c.key == key).values(sent))).rowcount != 1:
        raise KeyError(key)


async def postpone(conn: AsyncConnection, key: str, not_before: datetime, error: str) -> None:
    """A try failed; try again from `not_before` on. A row that is no longer waiting stays as it is."""
    again = {"not_before": not_before, "error": error, "attempts": outbox.c.attempts + 1}
    await conn.execute(update(outbox).where(outbox.c.key == key, _WAITING).values(again))


async def give_up(conn: AsyncConnection, key: str, error: str, at: datetime) -> None:
    """No more tries; what had to come after it is withdrawn. A row that is no longer waiting stays as it is."""
    lost = {"state": "gave_up", "error": error, "attempts": outbox.c.attempts + 1, "settled_at": at}
    await conn.execute(update(outbox).where(outbox.c.key == key, _WAITING).values(lost))
    await _withdraw_followers(conn, at)


async def withdraw(conn: AsyncConnection, incident: IncidentId, subject: str, at: datetime) -> int:
    """Withdraw what still waits about a subject, and what had to come after it; how many rows that were."""
    return await _withdraw(conn, and_(outbox.c.incident == incident, outbox.c.subject == subject), at)


async def withdraw_pages(conn: AsyncConnection, incident: IncidentId, page: str, at: datetime) -> int:
    """Withdraw the pages (first and repeated) that still wait under this page's id; what answers them goes on."""
    about = and_(outbox.c.incident == incident, outbox.c.subject == page, outbox.c.kind.in_(_PAGES))
    return await _withdraw(conn, about, at)


async def find_sent(
    conn: AsyncConnection, incident: IncidentId | None, kind: str, subject: str | None
) -> list[OutboxRow]:
    """The rows of a kind about a subject that became events, oldest first: what an edit of them changes."""
    if incident is None:
        rows = await conn.execute(_SENT_OF_NONE, {"sort": kind, "about": subject})
    else:
        rows = await conn.execute(_SENT, {"of": incident, "sort": kind, "about": subject})
    return [OutboxRow(*row) for row in rows]


async def hold(conn: AsyncConnection, keys: Collection[str], until: datetime) -> None:
    """Not before `until`; it is no failed try."""
    if keys:
        await conn.execute(update(outbox).where(_WAITING, outbox.c.key.in_(keys)).values(not_before=until))


async def leaving(conn: AsyncConnection) -> set[str]:
    """The keys of what still waits under that mark; when a process starts, what an earlier one was sending as it ended."""
    found = await conn.execute(select(outbox.c.key).where(_WAITING, outbox.c.error == LEAVING))
    return set(found.scalars())


async def mark_leaving(conn: AsyncConnection, keys: Collection[str]) -> None:
    """These leave now; whoever finds the mark after a crash asks first what became of them."""
    if keys:
        await conn.execute(update(outbox).where(_WAITING, outbox.c.key.in_(keys)).values(error=LEAVING))


async def first_pages(
    conn: AsyncConnection, since: datetime, most: int
) -> Mapping[str, frozenset[tuple[IncidentId | None, str | None]]]:
    """For whoever was sent more than `most` different pages since: the first so many of them, by person."""
    page = (outbox.c.target, outbox.c.incident, outbox.c.subject)
    sent = and_(outbox.c.kind == "PageText", outbox.c.state == "sent", outbox.c.settled_at > since)
    begun = func.min(outbox.c.settled_at)
    found: dict[str, list[tuple[IncidentId | None, str | None]]] = {}
    for target, incident, subject in await conn.execute(select(*page).where(sent).group_by(*page).order_by(begun)):
        found.setdefault(target.rpartition(":")[2], []).append((incident, subject))
    return {person: frozenset(pages[:most]) for person, pages in found.items() if len(pages) > most}


async def sent_by_channel(conn: AsyncConnection, channel: str) -> list[OutboxRow]:
    """The pages of open incidents that went out over a channel, oldest first."""
    still_open = select(incident_table.c.id).where(incident_table.c.state == "open")
    which = and_(
        outbox.c.kind == "ChannelPage",
        outbox.c.state == "sent",
        outbox.c.target.startswith(f"channel:{channel}:", autoescape=True),
        outbox.c.incident.in_(still_open),
    )
    rows = await conn.execute(select(outbox).where(which).order_by(outbox.c.created_at, outbox.c.seq))
    return [OutboxRow(**row) for row in rows.mappings()]


async def get(conn: AsyncConnection, key: str) -> OutboxRow | None:
    return await _one(conn, _BY_KEY, key)


async def last_asked(conn: AsyncConnection, begins: str) -> datetime | None:
    """When the newest row was asked for of which the key begins so, whatever became of it."""
    newest = select(func.max(outbox.c.created_at)).where(outbox.c.key.startswith(begins, autoescape=True))
    found: datetime | None = (await conn.execute(newest)).scalar_one()
    return found


async def by_event(conn: AsyncConnection, event_id: EventId) -> OutboxRow | None:
    """The row that became this Matrix event: what a reaction or reply is about."""
    return await _one(conn, _BY_EVENT, event_id)


async def waits(conn: AsyncConnection, incident: IncidentId | None, kind: str, subject: str | None) -> bool:
    """Whether a row of a kind about a subject is still to be sent."""
    which = and_(
        _WAITING,
        outbox.c.incident == incident if incident is not None else outbox.c.incident.is_(None),
        outbox.c.kind == kind,
        outbox.c.subject.is_not_distinct_from(subject),
    )
    return (await conn.execute(select(outbox.c.key).where(which).limit(1))).first() is not None


async def last_sent_to(
    conn: AsyncConnection, room: RoomId, kinds: Collection[str], subject: str | None = None
) -> OutboxRow | None:
    """The last message of these kinds that went to this room, about this subject when one is named; edits and notes between do not
    count."""
    which = and_(outbox.c.room == room, outbox.c.state == "sent", outbox.c.kind.in_(kinds))
    if subject is not None:
        which = and_(which, outbox.c.subject == subject)
    # of one moment the last that was recorded: a confirmation and the question behind it leave together
    order = (outbox.c.settled_at.desc(), outbox.c.created_at.desc(), outbox.c.seq.desc().nulls_last())
    newest = select(outbox).where(which).order_by(*order).limit(1)
    row = (await conn.execute(newest)).mappings().first()
    return None if row is None else OutboxRow(**row)


async def spoken_to(conn: AsyncConnection, person: PersonId) -> set[IncidentId]:
    """The incidents in which something was to be said to this person alone: a page, an answer, a link to the room."""
    of_incident = and_(outbox.c.target == f"person:{person}", outbox.c.incident.is_not(None))
    rows = await conn.execute(select(outbox.c.incident).where(of_incident).distinct())
    return {IncidentId(found) for found in rows.scalars()}


async def waiting_count(conn: AsyncConnection) -> int:
    counted: int = (await conn.execute(select(func.count()).select_from(outbox).where(_WAITING))).scalar_one()
    return counted


async def posted_checkpoints(conn: AsyncConnection) -> list[OutboxRow]:
    """The checkpoints of no incident that stand in a room."""
    which = and_(outbox.c.incident.is_(None), outbox.c.kind == "Checkpoint", outbox.c.state == "sent")
    rows = await conn.execute(select(outbox).where(which).order_by(outbox.c.key))
    return [OutboxRow(**row) for row in rows.mappings()]


async def waiting_of(conn: AsyncConnection, kinds: Collection[str]) -> list[OutboxRow]:
    """The rows of these kinds that are still to be sent."""
    rows = await conn.execute(select(outbox).where(_WAITING, outbox.c.kind.in_(kinds)).order_by(outbox.c.key))
    return [OutboxRow(**row) for row in rows.mappings()]


async def anchors(conn: AsyncConnection, incident: IncidentId) -> list[OutboxRow]:
    """The rows of an incident that became Matrix events, in the order of the log: where its hashes stand outside."""
    which = and_(outbox.c.incident == incident, outbox.c.state == "sent", outbox.c.event_id.is_not(None))
    rows = await conn.execute(select(outbox).where(which).order_by(outbox.c.seq.nulls_first(), outbox.c.key))
    return [OutboxRow(**row) for row in rows.mappings()]


async def _withdraw(conn: AsyncConnection, which: ColumnElement[bool], at: datetime) -> int:
    gone = update(outbox).where(_WAITING, which).values(state="withdrawn", settled_at=at)
    count = (await conn.execute(gone)).rowcount
    return count + await _withdraw_followers(conn, at) if count else 0


async def _withdraw_followers(conn: AsyncConnection, at: datetime) -> int:
    total = 0
    while count := (await conn.execute(_FOLLOWERS, {"at": at})).rowcount:
        total += count
    return total


async def _one(conn: AsyncConnection, asked: Select[Any], named: str) -> OutboxRow | None:
    row = (await conn.execute(asked, {"named": named})).first()
    return None if row is None else OutboxRow(*row)


async def of_incident(conn: AsyncConnection, incident: IncidentId) -> list[OutboxRow]:
    """Every row of an incident, whatever became of it."""
    rows = await conn.execute(select(outbox).where(outbox.c.incident == incident).order_by(outbox.c.key))
    return [OutboxRow(**row) for row in rows.mappings()]


async def of_none(conn: AsyncConnection, kinds: Collection[str]) -> list[OutboxRow]:
    """Every row of these kinds that is of no incident, whatever became of it."""
    which = and_(outbox.c.incident.is_(None), outbox.c.kind.in_(kinds))
    rows = await conn.execute(select(outbox).where(which).order_by(outbox.c.key))
    return [OutboxRow(**row) for row in rows.mappings()]


async def count_pages(conn: AsyncConnection, incident: IncidentId) -> int:
    """How many messages that called people are kept of an incident."""
    counted = select(func.count()).select_from(outbox).where(outbox.c.incident == incident, outbox.c.kind.in_(_CALLING))
    found: int = (await conn.execute(counted)).scalar_one()
    return found


async def forget_pages(conn: AsyncConnection, incident: IncidentId) -> int:
    """Delete the messages that called people for an incident, whatever became of them; how many there were."""
    gone = delete(outbox).where(outbox.c.incident == incident, outbox.c.kind.in_(_CALLING))
    return (await conn.execute(gone)).rowcount


async def forget(conn: AsyncConnection, incident: IncidentId) -> None:
    """Delete every message of an incident, whatever became of it."""
    await conn.execute(delete(outbox).where(outbox.c.incident == incident))


async def reword(conn: AsyncConnection, key: str, message: bytes) -> None:
    """The same message with other words, also of one that was sent: what is kept of it."""
    await conn.execute(update(outbox).where(outbox.c.key == key).values(message=message))
