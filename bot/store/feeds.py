"""The secret addresses of calendars, kept as a hash only: one per person, and one per role for whoever asked for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId
from bot.store.links import code_of, hash_of, is_code
from bot.store.schema import feed
from bot.store.statements import values_of

FeedKind = Literal["person", "role"]


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar of a person's own shifts, or of everybody's in one role; `subject` is the person's or the role's id."""

    hash: str
    kind: FeedKind
    subject: str
    made_by: PersonId
    made_at: datetime
    revoked_at: datetime | None = None


def address(public_url: str, code: str) -> str:
    """What a calendar program subscribes to."""
    return f"{public_url.rstrip('/')}/rooster/{code}.ics"


async def make_feed(
    conn: AsyncConnection, chance: bytes, kind: FeedKind, subject: str, made_by: PersonId, at: datetime
) -> str:
    """A new code from at least 16 random bytes; an older address of the same calendar of this person stops to work.

    The code is shown once and kept nowhere.
    """
    await revoke(conn, kind, subject, at, made_by=made_by)
    code = code_of(chance)
    await conn.execute(feed.insert().values(values_of(Feed(hash_of(code), kind, subject, made_by, at))))
    return code


async def revoke(
    conn: AsyncConnection, kind: FeedKind, subject: str, at: datetime, *, made_by: PersonId | None = None
) -> int:
    """End the addresses of a calendar, of everybody or of one person; how many stood."""
    which = [feed.c.kind == kind, feed.c.subject == subject, feed.c.revoked_at.is_(None)]
    if made_by is not None:
        which.append(feed.c.made_by == made_by)
    return (await conn.execute(update(feed).where(*which).values(revoked_at=at))).rowcount


async def get(conn: AsyncConnection, code: str) -> Feed | None:
    """The calendar behind a code, revoked or not; None for what is no code of ours."""
    if not is_code(code):
        return None
    row = (await conn.execute(select(feed).where(feed.c.hash == hash_of(code)))).mappings().one_or_none()
    return None if row is None else Feed(**row)


async def standing(conn: AsyncConnection, made_by: PersonId) -> list[Feed]:
    """The calendars that somebody made and that still work."""
    rows = await conn.execute(select(feed).where(feed.c.made_by == made_by, feed.c.revoked_at.is_(None)))
    return [Feed(**row) for row in rows.mappings()]
