"""What should have happened by now and did not: questions only, each one a count."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import channel_health, inbox, incident, outbox

LATE: Final = timedelta(
    seconds=60
)  # a tick comes every second, a page leaves within seconds, an event is heard at once
TRYING: Final = timedelta(minutes=3)  # a page that is tried again and again
FAILED: Final = 3  # times in a row, after which a channel counts as down

_FIRST: Final = outbox.alias("first")
_SENT_BEFORE: Final = select(_FIRST.c.key).where(_FIRST.c.key == outbox.c.after, _FIRST.c.state == "sent").exists()
_PAGES: Final = ("PageText", "ChannelPage")


async def counts(conn: AsyncConnection, now: datetime) -> Mapping[str, int]:
    """By name: timers that nobody fired, pages that did not leave, events that nobody heard; and `channels` is their number
    when every one of them is down."""
    asked = {"timers": _timers(now), "pages": _pages(now), "events": _events(now)}
    found = {name: (await conn.execute(question)).scalar_one() for name, question in asked.items()}
    return found | {"channels": await _channels_down(conn)}


def _timers(now: datetime) -> Select[int]:
    return select(func.count()).select_from(incident).where(incident.c.next_due < now - LATE)


def _pages(now: datetime) -> Select[int]:
    """A page that was put off on purpose has time until then; one that failed and is tried again has not."""
    unblocked = or_(outbox.c.after.is_(None), _SENT_BEFORE)
    due = func.coalesce(outbox.c.not_before, outbox.c.created_at) < now - LATE
    tried = and_(outbox.c.attempts > 0, outbox.c.created_at < now - TRYING)
    waits = (outbox.c.state == "waiting", outbox.c.kind.in_(_PAGES), unblocked, or_(due, tried))
    return select(func.count()).select_from(outbox).where(*waits)


def _events(now: datetime) -> Select[int]:
    """What could not be read waits for its key, and who sent it has been told so."""
    waits = (inbox.c.state == "waiting", inbox.c.undecryptable.is_(False), inbox.c.received_at < now - LATE)
    return select(func.count()).select_from(inbox).where(*waits)


async def _channels_down(conn: AsyncConnection) -> int:
    every = (await conn.execute(select(channel_health.c.failures))).scalars().all()
    return len(every) if every and min(every) >= FAILED else 0
