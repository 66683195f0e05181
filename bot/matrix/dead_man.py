"""The dead man's switch: a message that the homeserver sends by itself when the bot did not push it ahead for five minutes.

It stands in the management room and in the room of every open incident, where the homeserver offers delayed events (MSC4140).
It was encrypted when it was handed over, so who comes later could not read it: when the devices in a room change, or the duty
number that it names, it is made anew. It may come twice (a homeserver that dies while sending says so itself), and its text is
true whenever it comes.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Moment
from bot.domain.contacts import Contacts
from bot.domain.ids import RoomId
from bot.matrix.client import MatrixClient
from bot.matrix.events import child, mappings
from bot.matrix.send import Gateway, Scheduled
from bot.matrix.share import Device, devices
from bot.matrix.wire import CLIENT, quoted
from bot.store import dead_man, directory, rooms
from bot.store.database import Database
from bot.store.dead_man import Switch
from bot.words.catalogue import Catalogue

SILENCE: Final = 300.0  # seconds
EVERY: Final = 60.0
_EVENTS: Final = "/_matrix/client/unstable/org.matrix.msc4140/delayed_events"
_CAPABILITY: Final = "org.matrix.msc4140.delayed_events"
log = structlog.get_logger()


@dataclass(slots=True)
class DeadMan:
    """`alive` says whether the wake loop still turns: a process in which only this loop lives counts as dead.

    `silence` and `every` are seconds; `armed` is what the homeserver holds, by room.
    """

    client: MatrixClient
    gateway: Gateway
    database: Database
    catalogue: Catalogue
    contacts: Callable[[], Contacts]
    clock: Callable[[], Moment]
    alive: Callable[[], bool]
    pause: Callable[[float], Awaitable[None]]
    silence: float = SILENCE
    every: float = EVERY
    armed: dict[RoomId, Switch] = field(default_factory=dict)
    _made_for: dict[RoomId, tuple[frozenset[Device], str]] = field(default_factory=dict)
    _most: int = 0
    _swept: bool = False

    async def run(self) -> None:
        """Returns when the homeserver does not offer it."""
        while (most := await self._offered()) is None:
            await self.pause(self.every)
        if not most:
            log.info("no_dead_man")  # the heartbeat to a monitor outside is the other road
            return
        self._most = most
        while True:
            done = await self.refresh()
            await self.pause(self.every if done else min(self.every, 1.0))

    async def _offered(self) -> int | None:
        """How many delayed events the homeserver holds for us, none when it does not know them; None: it did not say."""
        answer = await self.client.call("GET", f"{CLIENT}/capabilities")
        if not answer.ok:
            return None if answer.worth_repeating else 0
        return held(child(answer.body, "capabilities"), self.silence)

    async def refresh(self) -> bool:
        """Pushes all of them ahead, arms new rooms and disarms those that are over; False while the bot does not turn."""
        if not self.alive():
            return False
        async with self.database.read() as tx:
            kept = await dead_man.every(tx)
            wanted = await _rooms(tx)
        self.armed = {switch.room: switch for switch in kept} | self.armed
        wanted = wanted[: self._most or len(wanted)]
        over = [self.armed.pop(room) for room in self.armed.keys() - {room for room, _ in wanted}]
        for switch in over:
            self._made_for.pop(switch.room, None)
            await self._cancel(switch.delay_id)
        for room, number in wanted:
            await self._push(room, number)
        async with self.database.begin() as tx:
            await dead_man.keep(tx, tuple(self.armed.values()))
        if not self._swept:
            self._swept = await self._sweep()
        return True

    async def _push(self, room: RoomId, number: str) -> None:
        held, text = self.armed.get(room), self._text(number)
        wanted, now = (frozenset(_devices(self.client, room)), text), self.clock().now
        if held is not None and self._made_for.get(room) == wanted:
            answer = await self.client.call("POST", f"{_EVENTS}/{quoted(held.delay_id)}/restart", {})
            if answer.ok:
                self.armed[room] = Switch(room, held.delay_id, now)
            if answer.status != 404:
                return
        txn = f"dead-man-{int(now.timestamp() * 1000)}"
        content = {"msgtype": "m.text", "body": text, "m.mentions": {"room": True}}
        made = await self.gateway.send_later(room, "m.room.message", content, txn, self.silence)
        if isinstance(made, Scheduled):
            self.armed[room], self._made_for[room] = Switch(room, made.delay_id, now), wanted
            if held is not None:
                await self._cancel(held.delay_id)  # after the new one stands: never a minute without

    def _text(self, number: str) -> str:
        minutes = str(max(1, round(self.silence / 60)))
        key = "dead_man.room" if number else "dead_man.management"
        contacts = self.contacts()
        lang, duty = contacts.region.language, contacts.policy.duty_number
        said = self.catalogue.text(lang, key, number=number, minutes=minutes)
        return "\n".join((said, self.catalogue.text(lang, "dead_man.duty", duty=duty))) if duty else said

    async def _cancel(self, delay_id: str) -> None:
        """Also when it is gone already: sent while we were away, or cancelled before."""
        await self.client.call("POST", f"{_EVENTS}/{quoted(delay_id)}/cancel", {})

    async def _sweep(self) -> bool:
        """Cancels what an earlier process had asked for and did not live to write down."""
        answer = await self.client.call("GET", _EVENTS)
        known = {switch.delay_id for switch in self.armed.values()}
        for found in mappings(answer.body.get("delayed_events")):
            delay_id = found.get("delay_id")
            if isinstance(delay_id, str) and delay_id not in known:
                await self._cancel(delay_id)
        return answer.ok


def held(capabilities: Mapping[str, Any], silence: float = SILENCE) -> int:
    """How many delayed events of `silence` seconds a homeserver holds for one account; none when it offers none so long."""
    offered = child(capabilities, _CAPABILITY)
    longest, most = offered.get("max_delay_ms"), offered.get("max_scheduled")
    if not (isinstance(longest, int) and isinstance(most, int)):
        return 0
    return most if longest >= silence * 1000 else 0


async def _rooms(tx: AsyncConnection) -> Sequence[tuple[RoomId, str]]:
    """The management room, then the rooms of open incidents (with their numbers), most urgent first."""
    management = [(row.room_id, "") for row in await rooms.of_kind(tx, "management")]
    open_rows = await directory.open_rows(tx)
    return management + [(row.main_room, row.number) for row in open_rows if row.main_room is not None]


def _devices(client: MatrixClient, room: RoomId) -> set[Device]:
    return devices(client, room) if room in client.nio.rooms else set()
