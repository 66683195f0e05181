"""What came in from Matrix, kept with the sync token so that a crash loses nothing, and by text message; handled once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import EventId
from bot.store.schema import inbox, sync
from bot.store.statements import insert, values_of

AT_A_TURN: Final = 20  # events of one sender before the others have a turn
InboxState = Literal["waiting", "handled", "ignored", "failed"]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One Matrix event or text message; `raw` is its JSON (None once handled: we keep no chat text that we do not need).

    `said_at` is the homeserver's clock, `received_at` ours. `position` is the order of arrival and given by the store.
    """

    event_id: EventId
    room: str
    sender: str
    type: str
    received_at: datetime | None
    said_at: datetime | None
    raw: str | None
    decrypted: bool = False
    sender_key_known: bool = False
    undecryptable: bool = False
    position: int = 0
    state: InboxState = "waiting"
    error: str | None = None


_COLUMNS = tuple(inbox.c[field.name] for field in fields(InboxRow))


def _turns(*more: ColumnElement[bool]) -> Select[Any]:
    turn = func.row_number().over(partition_by=inbox.c.sender, order_by=inbox.c.position).label("turn")
    of_sort = inbox.c.undecryptable == bindparam("undecryptable", type_=inbox.c.undecryptable.type)
    numbered = select(inbox.c.position, turn).where(inbox.c.state == "waiting", of_sort, *more).subquery()
    first = select(numbered.c.position).where(numbered.c.turn <= AT_A_TURN)
    found = select(*_COLUMNS).where(inbox.c.position.in_(first))
    return found.order_by(inbox.c.position).limit(bindparam("most"))


# Built once: the inbox is asked after every sync, and building such a statement takes longer than carrying it out.
_TURNS = _turns()
_TURNS_BUT = _turns(inbox.c.position.not_in(bindparam("but", expanding=True)))
_UNHANDLED = select(inbox.c.event_id).where(inbox.c.state == "waiting")
_KNOWN = select(inbox.c.event_id).where(inbox.c.event_id == bindparam("event"))


async def store_batch(conn: AsyncConnection, token: str, rows: Sequence[InboxRow], at: datetime) -> None:
    """Keep a sync's events and its token together; events that are already known are left as they are."""
    await append(conn, rows)
    values = {"token": token, "updated_at": at}
    written = insert(conn, sync).values(id=1, **values)
    await conn.execute(written.on_conflict_do_update(index_elements=["id"], set_=values))


async def append(conn: AsyncConnection, rows: Sequence[InboxRow]) -> int:
    """Keep what came in, behind all that came before; how many of it were new. What is known already is left as it is."""
    if not rows:
        return 0
    last: int = (await conn.execute(select(func.coalesce(func.max(inbox.c.position), 0)))).scalar_one()
    numbered = [values_of(replace(row, position=last + n)) for n, row in enumerate(rows, 1)]
    added = insert(conn, inbox).on_conflict_do_nothing(index_elements=["event_id"]).returning(inbox.c.event_id)
    return len((await conn.execute(added, numbered)).all())


async def waiting(
    conn: AsyncConnection, limit: int, after: int = 0, undecryptable: bool | None = None
) -> list[InboxRow]:
    """What still has to be handled after position `after`, in the order of arrival; `undecryptable` asks for one sort only."""
    which = [inbox.c.state == "waiting", inbox.c.position > after]
    if undecryptable is not None:
        which.append(inbox.c.undecryptable == undecryptable)
    rows = await conn.execute(select(inbox).where(*which).order_by(inbox.c.position).limit(limit))
    return [InboxRow(**row) for row in rows.mappings()]


async def turns(conn: AsyncConnection, limit: int, undecryptable: bool, but: Collection[int] = ()) -> list[InboxRow]:
    """What still has to be handled, except the positions `but`, in the order of arrival; of each sender the first few only.

    So one sender's flood holds up nobody else's answer, and what was said in an ordinary night stays in its order.
    """
    asked: dict[str, Any] = {"undecryptable": undecryptable, "most": limit}
    rows = await conn.execute(*((_TURNS_BUT, asked | {"but": sorted(but)}) if but else (_TURNS, asked)))
    return [InboxRow(*row) for row in rows]


async def first_time(conn: AsyncConnection, event_id: EventId) -> bool:
    """Whether this event is to be handled now; it is marked so in the caller's transaction and its text is emptied.

    False when it was handled (or ignored, or failed) before. An id that never came by the inbox is a first time.
    """
    waits = update(inbox).where(inbox.c.event_id == event_id, inbox.c.state == "waiting")
    if (await conn.execute(waits.values(state="handled", raw=None))).rowcount == 1:
        return True
    last = select(func.coalesce(func.max(inbox.c.position), 0) + 1).scalar_subquery()
    unseen = InboxRow(event_id, "", "", "", None, None, None, state="handled")
    added = insert(conn, inbox).values({**values_of(unseen), "position": last})
    once = added.on_conflict_do_nothing(index_elements=["event_id"]).returning(inbox.c.event_id)
    return (await conn.execute(once)).first() is not None


async def mark(conn: AsyncConnection, event_id: EventId, state: InboxState, error: str | None = None) -> None:
    """Set the state of an event; its text stays only while it waits or when it failed and somebody must look."""
    values: dict[str, Any] = {"state": state, "error": error}
    if state in ("handled", "ignored"):
        values["raw"] = None
    await conn.execute(update(inbox).where(inbox.c.event_id == event_id).values(values))


async def forget_text(conn: AsyncConnection, event_id: EventId) -> None:
    """Take away what was said and leave the rest: also an event that fails may not keep somebody's number."""
    await conn.execute(update(inbox).where(inbox.c.event_id == event_id).values(raw=None))


async def forget_rooms(conn: AsyncConnection, rooms: Collection[str]) -> None:
    """Take away what was said in these rooms and is still kept here; that it was handled stays known."""
    await conn.execute(update(inbox).where(inbox.c.room.in_(rooms)).values(raw=None, error=None))


async def knows(conn: AsyncConnection, event_id: EventId) -> bool:
    """Whether this event came in before (to know where a gap is closed)."""
    return (await conn.execute(_KNOWN, {"event": event_id})).first() is not None


async def state(conn: AsyncConnection, event_id: EventId) -> InboxState | None:
    """What became of an event; None when it never came in."""
    found: InboxState | None = (
        await conn.execute(select(inbox.c.state).where(inbox.c.event_id == event_id))
    ).scalar_one_or_none()
    return found


async def sender(conn: AsyncConnection, event_id: EventId) -> str | None:
    """Who sent an event that came in before."""
    found: str | None = (await conn.execute(select(inbox.c.sender).where(inbox.c.event_id == event_id))).scalar()
    return found


async def kind(conn: AsyncConnection, event_id: EventId) -> str | None:
    """The type of an event that came in before, as it could be read then."""
    found: str | None = (await conn.execute(select(inbox.c.type).where(inbox.c.event_id == event_id))).scalar()
    return found


async def proved_sender(conn: AsyncConnection, event_id: EventId) -> str | None:
    """Who sent an event that came in before, when a device known to be theirs encrypted it."""
    proved = (inbox.c.event_id == event_id, inbox.c.decrypted.is_(True), inbox.c.sender_key_known.is_(True))
    found: str | None = (await conn.execute(select(inbox.c.sender).where(*proved))).scalar()
    return found


async def waiting_count(conn: AsyncConnection) -> int:
    counted: int = (
        await conn.execute(select(func.count()).select_from(inbox).where(inbox.c.state == "waiting"))
    ).scalar_one()
    return counted


async def unhandled(conn: AsyncConnection) -> set[EventId]:
    """The events that are still to be handled, or are being handled now."""
    return {EventId(one) for one in (await conn.execute(_UNHANDLED)).scalars()}


async def token(conn: AsyncConnection) -> str | None:
    """From where to go on syncing; None before the first sync."""
    found: str | None = (await conn.execute(select(sync.c.token))).scalar_one_or_none()
    return found


async def room(conn: AsyncConnection, event_id: EventId) -> str | None:
    """The room in which an event came in before; empty when it came otherwise."""
    found: str | None = (await conn.execute(select(inbox.c.room).where(inbox.c.event_id == event_id))).scalar()
    return found
