"""Private addresses of people, sealed, and what each said of getting ready; no address is read without the vault's key.

An address that is not verified yet stands beside the one in use, under a kind of its own: until the new number is proved the
old one still rings.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId
from bot.domain.ladder import CHANNELS, Channel
from bot.store.schema import outbox, reach, readiness
from bot.store.statements import upsert

ReadyState = Literal["done", "later", "failed"]
PENDING: Final = "new:"
LEFT: Final = "left"  # a step that nobody takes: since when somebody is in the contacts no more
_LEFT: Final = readiness.c.step == LEFT
_PENDING: Final = reach.c.kind.startswith(PENDING, autoescape=True)


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One address of a person. `kind` is a channel, or a channel behind `new:` for one that waits for its code.

    `fingerprint` says whose an address is without saying which. `proved_at` is when the person last heard something on it.
    """

    person: PersonId
    kind: str
    sealed: bytes
    fingerprint: str
    entered_at: datetime
    verified_at: datetime | None = None
    proved_at: datetime | None = None
    code_hash: str | None = None
    code_expires: datetime | None = None
    code_tries: int = 0

    @property
    def channel(self) -> Channel:
        name = self.kind.removeprefix(PENDING)
        assert name in CHANNELS, "only channels are written"
        return name


async def write(conn: AsyncConnection, row: ReachRow) -> None:
    """Write an address over the one before."""
    await upsert(conn, reach, row)


async def get(conn: AsyncConnection, person: PersonId, channel: Channel) -> ReachRow | None:
    """The verified address of a person on a channel."""
    return await _one(conn, person, channel)


async def pending(conn: AsyncConnection, person: PersonId, channel: Channel) -> ReachRow | None:
    """The address that waits for its code."""
    return await _one(conn, person, f"{PENDING}{channel}")


async def of_person(conn: AsyncConnection, person: PersonId) -> list[ReachRow]:
    """The verified addresses of a person, in the order of the channels."""
    rows = await _rows(conn, reach.c.person == person, ~_PENDING)
    return sorted(rows, key=lambda row: CHANNELS.index(row.channel))


async def pending_of(conn: AsyncConnection, person: PersonId) -> list[ReachRow]:
    """What this person still has to prove with a code."""
    return await _rows(conn, reach.c.person == person, _PENDING)


async def every(conn: AsyncConnection) -> list[ReachRow]:
    """Every verified address."""
    return await _rows(conn, ~_PENDING)


async def whose(conn: AsyncConnection, channel: Channel, fingerprint: str) -> PersonId | None:
    """Who verified this address on this channel."""
    asked = select(reach.c.person).where(reach.c.kind == channel, reach.c.fingerprint == fingerprint).limit(1)
    found: str | None = (await conn.execute(asked)).scalar()
    return None if found is None else PersonId(found)


async def same_address(conn: AsyncConnection, person: PersonId, fingerprint: str) -> list[ReachRow]:
    """All that a person has at this address, verified or not."""
    return await _rows(conn, reach.c.person == person, reach.c.fingerprint == fingerprint)


async def prove(conn: AsyncConnection, person: PersonId, channels: Collection[Channel], at: datetime | None) -> None:
    """The person heard or answered something on these channels; None: a test was not heard there."""
    which = (reach.c.person == person, reach.c.kind.in_(channels))
    await conn.execute(reach.update().where(*which).values(proved_at=at))


async def remove(conn: AsyncConnection, person: PersonId, kinds: Collection[str]) -> None:
    """The sealed address is gone, not only marked."""
    await conn.execute(delete(reach).where(reach.c.person == person, reach.c.kind.in_(kinds)))


async def forget_unproved(conn: AsyncConnection, before: datetime) -> int:
    """Removes what was entered before `before` and never verified; how many that were."""
    return (await conn.execute(delete(reach).where(_PENDING, reach.c.entered_at < before))).rowcount


# --- who left the contacts ------------------------------------------------------------------------------------------------


async def note_left(conn: AsyncConnection, known: Collection[PersonId], at: datetime) -> None:
    """Notes of each owner of an address who is not among the known that it is so since `at`; who is back is noted no more."""
    owners = {PersonId(row[0]) for row in await conn.execute(select(reach.c.person).distinct())}
    noted = {PersonId(row[0]) for row in await conn.execute(select(readiness.c.person).where(_LEFT))}
    for person in sorted(owners - set(known) - noted):
        await say_ready(conn, ReadyRow(person, LEFT, "done", at))
    await conn.execute(delete(readiness).where(_LEFT, readiness.c.person.in_(noted & set(known))))


async def left_before(conn: AsyncConnection, before: datetime) -> list[PersonId]:
    """Who was noted to have left before a moment, and is not back since."""
    rows = await conn.execute(select(readiness.c.person).where(_LEFT, readiness.c.at <= before))
    return [PersonId(row[0]) for row in rows]


async def forget_person(conn: AsyncConnection, person: PersonId) -> None:
    """Nothing is left of a person's addresses, nor of what they said of getting ready."""
    await conn.execute(delete(reach).where(reach.c.person == person))
    await conn.execute(delete(readiness).where(readiness.c.person == person))


async def sent_since(
    conn: AsyncConnection, person: PersonId, kind: Literal["ChannelCode", "ChannelTest"], since: datetime
) -> int:
    """How many codes or tests went to this person, over all channels: no number may be flooded by us."""
    targets = [f"channel:{channel}:{person}" for channel in CHANNELS]
    asked = select(func.count()).where(outbox.c.kind == kind, outbox.c.target.in_(targets), outbox.c.created_at > since)
    counted: int = (await conn.execute(asked)).scalar_one()
    return counted


# --- getting ready ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """What a person said last of one step."""

    person: PersonId
    step: str
    state: ReadyState
    at: datetime


async def say_ready(conn: AsyncConnection, row: ReadyRow) -> None:
    await upsert(conn, readiness, row)


async def steps_of(conn: AsyncConnection, person: PersonId) -> dict[str, ReadyRow]:
    """By step, what this person said of it."""
    rows = await conn.execute(select(readiness).where(readiness.c.person == person))
    return {row["step"]: ReadyRow(**row) for row in rows.mappings()}


async def all_steps(conn: AsyncConnection) -> list[ReadyRow]:
    rows = await conn.execute(select(readiness).order_by(readiness.c.person, readiness.c.step))
    return [ReadyRow(**row) for row in rows.mappings()]


async def _one(conn: AsyncConnection, person: PersonId, kind: str) -> ReachRow | None:
    rows = await _rows(conn, reach.c.person == person, reach.c.kind == kind)
    return rows[0] if rows else None


async def _rows(conn: AsyncConnection, *which: ColumnElement[bool]) -> list[ReachRow]:
    rows = await conn.execute(select(reach).where(*which).order_by(reach.c.person, reach.c.kind))
    return [ReachRow(**row) for row in rows.mappings()]
