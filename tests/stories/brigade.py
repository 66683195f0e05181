"""The brigade that all stories share: one homeserver, one provisioned installation, and people with clients of their own.

The homeserver is a real Synapse, or our own one at the wire: quicker, and obedient to faults. The bot
runs in this process, on the real clock moved by an offset: a story moves it, and nothing waits. Or the clock stands still but
for those moves: then what a story tells of minutes and seconds is the same on a machine that is busy.
"""

import asyncio
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import httpx

from bot.app import opened, real_world
from bot.domain.ids import PersonId
from bot.embedded.homeserver import Homeserver
from bot.matrix.peer import Peer
from bot.matrix.wire import quoted, room_path
from bot.playground import ROOT, Playground, set_up
from bot.running import MEASURE_EVERY, WATCH_EVERY, Bot, Surroundings
from bot.store import rooms
from bot.switchboard import KEEP_EVERY
from bot.web.health import serve
from tests.wire_homeserver.server import WireHomeserver

Kind = Literal["synapse", "wire"]
HOME = ZoneInfo("Europe/Amsterdam")
FIRST_NIGHT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LOOKING_AROUND = (WATCH_EVERY, MEASURE_EVERY, KEEP_EVERY)
NIGHT = (3, 4)  # every story begins at 03:04 on the clock
PEOPLE = (
    "bakker", "mulder", "vandijk", "smit", "jansen", "devries", "deboer", "peters", "hendriks", "vandenberg", "dejong",
    "willems", "dewit", "vanleeuwen", "maas",
)  # fmt: skip


@dataclass(repr=False)
class Brigade:
    """`peers` are the people who have a phone in their hand; everybody else in the contacts only has an account."""

    playground: Playground
    directory: Path
    peers: dict[str, Peer] = field(default_factory=dict)
    moved: float = 0.0
    began: float = field(default_factory=time.monotonic)
    wire: WireHomeserver | None = None
    still: bool = False
    _bot: Bot | None = None
    _loops: asyncio.Task[None] | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _direct: dict[str, str] = field(default_factory=dict)
    _admin: str = field(default="", repr=False)

    @property
    def bot(self) -> Bot:
        assert self._bot is not None, "the bot is down"
        return self._bot

    @property
    def at_the_wire(self) -> WireHomeserver:
        """For stories of faults that no real homeserver makes on demand."""
        assert self.wire is not None, "this story needs the homeserver at the wire"
        return self.wire

    @property
    def is_up(self) -> bool:
        """Whether the bot runs; a bot that ended by an error raises it here."""
        if self._loops is not None and self._loops.done():
            self._loops.result()
            raise AssertionError("the bot stopped by itself")
        return self._bot is not None

    @property
    def contacts(self) -> Path:
        return self.playground.settings.contacts_dir

    @property
    def now(self) -> datetime:
        """What the bot takes for the time (UTC)."""
        return FIRST_NIGHT + timedelta(seconds=self.elapsed)

    @property
    def elapsed(self) -> float:
        """Seconds since the first night began."""
        return self.moved + (0.0 if self.still else time.monotonic() - self.began)

    def _around(self) -> Surroundings:
        return replace(
            real_world(),
            wall=lambda: self.now,
            monotonic=lambda: self.began + self.elapsed,
            pause=self._pause,
        )

    async def _pause(self, seconds: float) -> None:
        """The patience of a night is not what stories are about; but what only looks around need not do so ten times as often."""
        await asyncio.sleep(seconds if self.still and seconds in LOOKING_AROUND else seconds / 10)

    async def start(self) -> None:
        self._bot = await self._open.enter_async_context(opened(self.playground.settings, self._around()))
        if self.playground.settings.public_url:  # what comes from outside finds the bot where its settings say
            port = self.playground.settings.web_port
            await self._open.enter_async_context(serve(self._bot.site(), "127.0.0.1", port))
        await self._bot.start()
        self._loops = asyncio.create_task(self._bot.run())

    async def crash(self) -> None:
        """Nothing is finished and nothing is said: what the bot was doing ends in the middle."""
        if self._loops is not None:
            self._loops.cancel()
            await asyncio.gather(self._loops, return_exceptions=True)
        self._bot = self._loops = None
        await self._open.aclose()

    async def recovers(self) -> None:
        """After a story that broke off: a bot that runs, whatever became of it."""
        if self._bot is None or self._loops is None or self._loops.done():
            await self.crash()
            await self.start()

    def moves(self, by: timedelta) -> None:
        self.moved += by.total_seconds()
        if self._bot is not None:
            self._bot.wake.ripple.set()
            self._bot.desk.committed.set()  # what was put off may be due by now

    def to_night(self) -> None:
        """On to the next night; half an hour at least, so that no story's alarm looks like another's."""
        local = (self.now + timedelta(minutes=31)).astimezone(HOME)
        night = local.replace(hour=NIGHT[0], minute=NIGHT[1], second=0, microsecond=0)
        if night < local:
            night = (night.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=HOME)
        self.moves(night - self.now)

    async def direct(self, person: str) -> str:
        """The room of the bot and this person."""
        if person not in self._direct:
            async with self.bot.database.read() as tx:
                row = await rooms.direct(tx, PersonId(person))
            assert row is not None, f"{person} has no direct room"
            self._direct[person] = row.room_id
        return self._direct[person]

    async def administers(self, method: str, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """A call by an administrator of the homeserver."""
        homeserver = self.playground.homeserver
        if not self._admin:
            password = secrets.token_hex(8)
            await homeserver.register("opperbeheer", password, admin=True)
            self._admin = (await homeserver.login("opperbeheer", password)).access_token
        return await self._call(self._admin, method, path, body)

    async def breaks_glass(self, room: str, method: str, path: str, body: Mapping[str, object]) -> None:
        """A call by the emergency account, which is a creator of every room of the bot, from within this room."""
        account = "@nood:iog.example"
        lent = await self.administers("POST", f"/_synapse/admin/v1/users/{quoted(account)}/login", {})
        await self.bot.gateway.invite(room, account)
        await self._call(lent["access_token"], "POST", room_path(room, "join"), {})
        await self._call(lent["access_token"], method, path, body)

    async def _call(self, token: str, method: str, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=self.playground.homeserver.url, timeout=30) as http:
            answer = await http.request(method, path, json=body, headers=headers)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    async def log_in(self, person: str) -> None:
        """A phone for this person, which is in every room that it was asked into."""
        peer = await self.playground.peer(person, self.directory / "peers")
        for room in list(peer.invites):
            await peer.join(room)
        self.peers[person] = peer


@asynccontextmanager
async def assembled(kind: Kind = "synapse", *, still: bool = False) -> AsyncIterator[Brigade]:
    """The brigade, ready for the first story; `still`: its clock stands still but for the moves of the stories."""
    with tempfile.TemporaryDirectory(prefix="iog-story-", dir=_in_memory()) as made:
        directory = Path(made)
        async with _homeserver(kind, directory) as homeserver:
            contacts = settled_contacts(directory / "contacts")
            playbooks = shutil.copytree(ROOT / "playbooks", directory / "playbooks")
            # the one at the wire answers the same calls; the type of the real one says more than an installation needs
            host = cast(Homeserver, homeserver)
            playground = await set_up(directory, host, contacts_dir=contacts, playbooks_dir=playbooks)
            wire = homeserver if isinstance(homeserver, WireHomeserver) else None
            brigade = Brigade(playground, directory, wire=wire, still=still)
            await asyncio.gather(*(brigade.log_in(person) for person in PEOPLE))
            await brigade.start()
            yield brigade
            await brigade.crash()
            await asyncio.gather(*(peer.close() for peer in brigade.peers.values()))


@asynccontextmanager
async def _homeserver(kind: Kind, directory: Path) -> AsyncIterator[Homeserver | WireHomeserver]:
    secret = secrets.token_hex()
    running = (
        await Homeserver.start(directory / "homeserver", secret=secret)
        if kind == "synapse"
        else await WireHomeserver.start(secret=secret)
    )
    try:
        yield running
    finally:
        await running.stop()


def _in_memory() -> Path | None:
    """Where there is room: the bot waits for the disk at every commit, which is not what stories are about."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 1024**3 else None


def settled_contacts(directory: Path) -> Path:
    """The example's contacts with rosters in which nobody takes turns: who is called does not hang on the day of the test."""
    shutil.copytree(ROOT / "contacts" / "example", directory)
    rosters = directory / "roosters.yaml"
    rosters.write_text(re.sub(r"\[(\w+), \w+\]", r"[\1]", rosters.read_text(encoding="utf-8")), encoding="utf-8")
    _changed(directory / "gemeenten.yaml", r"\n +coordinator: groen", "")  # who has no phone in the stories
    _changed(directory / "regio.yaml", r"piket: \{[^}]*\}", "piket: {hoogstens_dagen: 28, vrije_blokken: 0}")
    return directory


def _changed(path: Path, pattern: str, new: str) -> None:
    text, changes = re.subn(pattern, new, path.read_text(encoding="utf-8"))
    assert changes == 1, pattern
    path.write_text(text, encoding="utf-8")
