"""The bot as it is, and known-bad variants of it: a campaign that does not catch these proves nothing."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import EvenClock, cut
from bot.desk import Moment
from bot.matrix import post
from bot.matrix.client import MatrixClient
from bot.matrix.emergency import Emergency
from bot.matrix.events import Backfill, RawEvent
from bot.matrix.keys import Keys
from bot.matrix.listen import Ears
from bot.matrix.rooms import Made, NotYet, RoomSpec
from bot.matrix.send import MEGOLM, Gateway
from bot.matrix.wire import CLIENT
from bot.running import Bot
from bot.store import inbox
from bot.store.database import AWAY, Database, Fenced
from bot.store.inbox import InboxRow

LATE: Final = 1.0  # seconds


def as_it_is() -> None:
    """Nothing is changed."""


def random_ids() -> None:
    """C1: every attempt to send has a transaction id of its own."""
    _put(post, "txn_of", lambda row: secrets.token_hex(16))


def trusting() -> None:
    """C2: a key that could not be sent counts as shared."""
    to_device = Keys.to_device

    async def believed(self: Keys, kind: str, content: Mapping[str, Any]) -> None:
        await to_device(self, kind, content)

    _put(Keys, "to_device", believed)


def naive_room() -> None:
    """C3: createRoom until it answers, and no second look."""

    async def naive(client: MatrixClient, gateway: Gateway, spec: RoomSpec) -> Made | NotYet:
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}}
        body = {
            "preset": "private_chat",
            "name": spec.name,
            "creation_content": {spec.marker_key: spec.marker_value},
            "initial_state": [encryption],
        }
        answer = await client.call("POST", f"{CLIENT}/createRoom", body)
        room_id = answer.body.get("room_id")
        return Made(room_id, created=True) if isinstance(room_id, str) else NotYet.of("createRoom", answer)

    _put(post, "make_room", naive)


def token_first() -> None:
    """C11: the sync token is kept at once, the events that came with it a little later."""
    once, store = Ears.once, inbox.store_batch
    ears: list[Ears] = []
    writing: set[asyncio.Task[None]] = set()

    async def known(self: Ears, *, timeout_ms: int) -> bool:
        ears[:] = [self]
        return await once(self, timeout_ms=timeout_ms)

    async def later(rows: Sequence[InboxRow], at: datetime) -> None:
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=LATE)
        async with ears[0].desk.database.begin() as tx:
            await store(tx, await inbox.token(tx) or "", rows, at)
        ears[0].heard()

    async def split(conn: AsyncConnection, token: str, rows: Sequence[InboxRow], at: datetime) -> None:
        await store(conn, token, (), at)
        if rows:
            writing.add(asyncio.create_task(later(rows, at)))

    _put(Ears, "once", known)
    _put(inbox, "store_batch", split)


def no_backfill() -> None:
    """C11: what did not fit into one sync is not asked for."""

    async def nothing(*_: object) -> Backfill:
        return Backfill((), complete=True)

    _put(MatrixClient, "backfill", nothing)


def unfenced() -> None:
    """C12: no write asks whether the lease still runs, and nobody ends who lost it."""

    async def passed(self: Database, conn: AsyncConnection) -> None:
        return

    keep = Database.keep_lease

    # It renews: nodes that never do rule once each, and after the last of them nobody takes over any more.
    async def kept(self: Database, pause: Callable[[float], Awaitable[None]], monotonic: Callable[[], float]) -> None:
        with suppress(Fenced):
            await keep(self, pause, monotonic)
        await asyncio.get_running_loop().create_future()

    _put(Database, "_pass_fence", passed)
    _put(Database, "keep_lease", kept)


def gives_up() -> None:
    """C10: an event at which the database failed counts as heard."""
    hear_one = Bot._hear_one

    async def once(self: Bot, row: InboxRow) -> bool:
        try:
            return await hear_one(self, row)
        except AWAY:
            while not await _marked(self.database, row):
                pass
            return True

    _put(Bot, "_hear_one", once)


async def _marked(database: Database, row: InboxRow) -> bool:
    try:
        async with database.begin() as conn:
            await inbox.mark(conn, row.event_id, "handled")
    except AWAY:
        await asyncio.sleep(0.05)
        return False
    return True


def no_emergency() -> None:
    """C14: who is on call is paged from the log or not at all."""

    async def page(self: Emergency, events: Sequence[RawEvent]) -> None:
        return

    _put(Emergency, "page", page)


def wall_clock() -> None:
    """C6: what is due is read off the wall."""

    def now(self: EvenClock) -> Moment:
        return Moment(cut(self.wall()), cut(self.wall()))

    _put(EvenClock, "__call__", now)


VARIANTS: Final[Mapping[str, Callable[[], None]]] = {
    variant.__name__: variant
    for variant in (
        as_it_is,
        random_ids,
        trusting,
        naive_room,
        token_first,
        no_backfill,
        unfenced,
        gives_up,
        no_emergency,
        wall_clock,
    )
}


def _put(owner: object, name: str, new: object) -> None:
    assert hasattr(owner, name), f"the bot has no {name} any more: this variant changes nothing"
    setattr(owner, name, new)
