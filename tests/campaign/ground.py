"""What every campaign stands on: a homeserver, a small region with everybody's client, and a bot that can be killed."""

import asyncio
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from nio.events import MegolmEvent
from nio.exceptions import EncryptionError

from bot.embedded.homeserver import Homeserver
from bot.matrix.peer import Peer
from bot.matrix.wire import room_path
from bot.playground import ROOT, Playground, set_up
from tests.campaign.wire import Way, way_to
from tests.postgres import Server, server

# Three are called, for all six roles of an alarm, so that every alarm is exactly three pages. Who reports are many, because five
# alarms of one of them in a quarter of an hour are bundled; most take their phone in hand when it is their turn.
REPORTERS: Final = (
    "bakker", "visser", "smits", "mulders", "vos", "kok", "prins", "blom", "schouten", "dekker", "brouwer", "maas", "kuipers",
    "post", "hoek", "evers", "bosman", "lammers", "timmer", "wolf",
)  # fmt: skip
AT_HAND: Final = REPORTERS[:2]
CALLED: Final = ("vandijk", "dejong", "deboer")
_ROLES: Final = {name: ["melder"] for name in REPORTERS} | {
    "vandijk": ["coordinator"],
    "dejong": ["politie", "om"],
    "deboer": ["expert_cter", "expert_zorg", "communicatie"],
}
# `nu`: a second alarm within minutes may be a duplicate of the first, and would else wait before it calls the experts.
URGENT: Final = "Waterbrug rellen nu:"
# Nothing is recognised in it and nobody is in danger: only the coordinator is called.
PLAIN: Final = "Waterbrug:"
FIXED: Final = ("🚨 NOODOPROEP", "⚠️ NIET VASTGELEGD")
DATABASE: Final = "bot"  # its name, on PostgreSQL
_CODE: Final = re.compile(r"\bproef-[0-9a-z-]+\b")


class WentWrong(AssertionError):
    """The campaign itself could not go on: a bot that ended by itself, or one that never came to rest."""


class Bots:
    """Gives one life of the bot after another, each a process of its own."""

    def __init__(self, directory: Path, variant: str, surroundings: Mapping[str, str]) -> None:
        self._log = directory / "bot.log"
        with self._log.open("ab") as log:
            # not the file itself: what its processes may write can be limited, and that is not about what they log
            self._scribe = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log, start_new_session=True)
            self._mother = subprocess.Popen(
                [sys.executable, "-m", "tests.campaign.child", variant, "run", "--config", directory / "config.yaml"],
                cwd=ROOT,
                env={**os.environ, **surroundings},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._scribe.stdin,
                start_new_session=True,
            )
        assert self._scribe.stdin is not None
        self._scribe.stdin.close()  # ours; it ends with the last of its writers
        self._pid = 0
        self._ending: asyncio.Task[int] | None = None

    @asynccontextmanager
    async def life(self) -> AsyncIterator["Bots"]:
        """One life, killed at the end of the block if not before; raises WentWrong when it had ended by itself."""
        await self.begins()
        try:
            yield self
        finally:
            self.kill()
            code = await self.over()
        if code != -signal.SIGKILL:
            raise WentWrong(f"the bot ended by itself with code {code}: {self._tail()}")

    async def begins(self) -> None:
        """A life whose end is not awaited here."""
        assert self._mother.stdin is not None
        self._mother.stdin.write(b"g")
        self._mother.stdin.flush()
        self._pid = await self._line()
        self._ending = asyncio.create_task(self._line())

    async def over(self) -> int:
        """How the life ended, once it has."""
        assert self._ending is not None
        return await self._ending

    async def _line(self) -> int:
        assert self._mother.stdout is not None
        line = await asyncio.to_thread(self._mother.stdout.readline)
        if not line:
            raise WentWrong(f"the bot cannot be started: {self._tail()}")
        return int(line)

    async def ends(self, seconds: float | None = None) -> bool:
        """Whether the life is over within so many seconds."""
        assert self._ending is not None
        done, _ = await asyncio.wait((self._ending,), timeout=seconds)
        return bool(done)

    def kill(self) -> None:
        if self._pid and self._ending is not None and not self._ending.done():
            os.kill(self._pid, signal.SIGKILL)
        self._pid = 0

    @property
    def pid(self) -> int:
        """Of the life that runs."""
        assert self._pid, "no life runs"
        return self._pid

    @property
    def alive(self) -> bool:
        return self._ending is not None and not self._ending.done()

    def close(self) -> None:
        self.kill()
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.close()
        self._mother.wait()
        self._mother.stdout.close()
        self._scribe.wait()

    def _tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the bot as one person's client can show it; `code` is the alarm that it is about, `at` the homeserver's clock
    (seconds)."""

    event_id: str
    code: str
    body: str
    readable: bool
    at: float


@dataclass
class Ground:
    """`alarms` are the codes that were raised, with the id of the event in which each was said; `surroundings` is what the
    bot's processes find in their environment."""

    directory: Path
    playground: Playground
    way: Way
    peers: dict[str, Peer]
    direct: dict[str, str]
    postgres: Server | None = None
    alarms: dict[str, str] = field(default_factory=dict)
    surroundings: Mapping[str, str] = field(default_factory=dict)
    _raised: Counter[str] = field(default_factory=Counter)
    _judged: set[str] = field(default_factory=set)
    _bots: dict[str, Bots] = field(default_factory=dict)

    def bots(self, variant: str) -> Bots:
        """Where the lives of this variant of the bot come from."""
        if variant not in self._bots:
            self._bots[variant] = Bots(self.directory, variant, self.surroundings)
        return self._bots[variant]

    def close(self) -> None:
        for bots in self._bots.values():
            bots.close()
        self._bots.clear()

    async def reporter(self) -> str:
        """Whose turn it is to raise an alarm, with a phone in hand."""
        name = min(REPORTERS, key=lambda each: self._raised[each])
        if name not in self.peers:
            self.peers[name] = peer = await self.playground.peer(name, self.directory / "clients")
            self.direct[name] = await _joined(self.playground, peer)
        return name

    async def raise_alarm(self, code: str, reporter: str | None = None, sentence: str = URGENT) -> str:
        """Gives the event; raised by whose turn it is when nobody is named."""
        reporter = reporter or await self.reporter()
        self._raised[reporter] += 1
        event = await self.peers[reporter].say(self.direct[reporter], f"alarm {sentence} het is {code}")
        self.alarms[code] = event
        return event

    async def settled(self, bot: Bots, patience: float = 60.0) -> bool:
        """Whether the bot came to rest: it knows every alarm that was raised, and nothing waits to be done.

        Slow is no fault; it is given up when nothing has moved for `patience` seconds.
        """
        left, since = self._left(), time.monotonic()
        while left and bot.alive and time.monotonic() - since < patience:
            await self.peers["vandijk"].sync(timeout_ms=300)
            if (now := self._left()) != left:
                left, since = now, time.monotonic()
        return bot.alive and not left

    def _left(self) -> int:
        """How much is still to be done; minus one when that cannot be seen."""
        known = self.ask("SELECT event_id FROM inbox WHERE state <> 'waiting'")
        waiting = self.ask(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting') + (SELECT count(*) FROM outbox WHERE state = 'waiting')"
        )
        if known is None or waiting is None:
            return -1
        return len(set(self.alarms.values()) - set(known)) + int(waiting[0])

    def ask(self, question: str) -> list[str] | None:
        """One column of the bot's database; None when it cannot be asked now."""
        if self.postgres is not None:
            try:
                return self.postgres.psql(question, DATABASE).splitlines()
            except AssertionError:
                return None  # the server is down
        path = self.playground.settings.state_dir / "iogplus.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
                return [str(row[0]) for row in db.execute(question)]
        except sqlite3.OperationalError:
            return None  # after a kill the bot mends the file first, and until then nobody can read it

    async def told(self, person: str) -> list[Told]:
        """What the bot said in the direct room with a person: the homeserver's whole list, read by the person's client."""
        peer = self.peers[person]
        sources = await self._messages(peer, self.direct[person])
        shown: list[Told] = []
        for _ in range(5):
            await peer.sync()
            shown = [told for source in sources if (told := _shown(peer, source)) is not None]
            if all(told.readable for told in shown):
                break
        return shown

    async def _messages(self, peer: Peer, room: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        start: str | None = None
        while True:
            query = {"dir": "b", "limit": "500"} | ({"from": start} if start else {})
            answer = await peer.raw("GET", f"{room_path(room, 'messages')}?{urlencode(query)}")
            found += [event for event in answer["chunk"] if event["sender"] == self.playground.bot]
            start = answer.get("end")
            if start is None:
                return found

    async def judge(self, codes: Collection[str], called: Collection[str] = CALLED) -> Counter[str]:
        """What became of these alarms: everybody who is called and the reporter must have been told of each, once.

        Looks at what was said since it looked last, so that a control leaves no trace in what comes after it.
        """
        counted: Counter[str] = Counter(alarms=len(codes), pages=0, lost=0, doubled=0, unreadable=0)
        confirmed: Counter[str] = Counter()
        for person in (*called, *(name for name in REPORTERS if name in self.peers)):
            told = [each for each in await self.told(person) if each.event_id not in self._judged]
            self._judged.update(each.event_id for each in told)
            # every message names its incident, so two that are the same are one that was sent twice
            # but for the text of an emergency, which is fixed
            bodies = Counter(each.body for each in told if each.readable and not each.body.startswith(FIXED))
            counted["doubled"] += sum(n - 1 for n in bodies.values())
            counted["unreadable"] += sum(not each.readable for each in told)
            times = Counter(each.code for each in told if each.code in codes)
            if person in called:
                counted["pages"] += times.total()
                counted["lost"] += len(set(codes) - times.keys())
            else:
                confirmed += times
        counted["lost"] += len(set(codes) - confirmed.keys())
        return counted

    def forget(self, codes: Collection[str]) -> None:
        """These alarms are lost for good: nobody waits for them any more."""
        for code in codes:
            del self.alarms[code]


def _shown(peer: Peer, source: dict[str, Any]) -> Told | None:
    """None for what is no message of its own: state, reactions and edits."""
    content, at = source["content"], source["origin_server_ts"] / 1000
    if source["type"] not in ("m.room.encrypted", "m.room.message"):
        return None
    if content.get("m.relates_to", {}).get("rel_type") == "m.replace":
        return None
    if source["type"] == "m.room.encrypted":
        event = MegolmEvent.from_dict(source)
        event.room_id = source["room_id"]
        try:
            content = peer.client.decrypt_event(event).source["content"]
        except EncryptionError:
            return Told(source["event_id"], "", "", readable=False, at=at)
    body = str(content.get("body", ""))
    code = _CODE.search(body)
    return Told(source["event_id"], code.group() if code else "", body, readable=True, at=at)


def write_contacts(directory: Path, escalation: str) -> Path:
    """A region of one municipality; with the usual `escalation` nobody is called twice: nobody's wait is over before the end."""
    directory.mkdir()
    (directory / "gemeenten.yaml").write_text("gemeenten:\n  - {id: waterbrug, naam: Waterbrug}\n", encoding="utf-8")
    people = "".join(
        f'  - id: {name}\n    naam: {name.capitalize()}\n    organisatie: Proef\n    accounts: ["@{name}:iog.example"]\n'
        f"    rollen: {roles}\n".replace("'", "")
        + ("    gemeente: waterbrug\n" if "melder" in roles else "")
        for name, roles in _ROLES.items()
    )
    (directory / "personen.yaml").write_text(f"personen:\n{people}", encoding="utf-8")
    (directory / "regio.yaml").write_text(_REGION + escalation, encoding="utf-8")
    rotations = "".join(
        f"  - rol: {role}\n    wissel: week\n    vanaf: 2026-01-05 08:00\n    eerste: [{name}]\n    reserve: [{name}]\n"
        for name in CALLED
        for role in _ROLES[name]
    )
    (directory / "roosters.yaml").write_text(f"roosters:\n{rotations}", encoding="utf-8")
    return directory


_REGION: Final = """\
naam: Proefregio
server: iog.example
federatie: false
tijdzone: Europe/Amsterdam
taal: nl
noodaccount: "@nood:iog.example"
terugval: [vandijk]
"""
PATIENT: Final = """\
opschaling:
  stappen:
    - {wie: eerste, wacht: 12u, herhaal: 0}
  altijd: [expert_cter, expert_zorg]
  bedenktijd: 12u
  dubbel_binnen: 1s
  heropenen_binnen: 24u
  sitrap_elke: 12u
"""


@asynccontextmanager
async def prepared(
    directory: Path, *, on_postgresql: bool = False, escalation: str = PATIENT, limits: bool = False
) -> AsyncIterator[Ground]:
    """A fresh installation below `directory` with everybody logged in and in their rooms; all of it ends with the block."""
    contacts = write_contacts(directory / "contacts", escalation)
    peers: dict[str, Peer] = {}
    direct: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        homeserver = await Homeserver.start(directory / "homeserver", secret=secrets.token_hex(), limits=limits)
        stack.push_async_callback(homeserver.kill)
        postgres = stack.enter_context(server()) if on_postgresql else None
        given: dict[str, Any] = {}
        if postgres is not None:
            postgres.psql(f"CREATE DATABASE {DATABASE}")
            given = {"database_url": postgres.url(DATABASE), "lease_seconds": 6}
        way = await stack.enter_async_context(way_to(homeserver.url))
        playground = await set_up(directory, homeserver, contacts_dir=contacts, homeserver_url=way.url, **given)
        stack.push_async_callback(_close, peers)
        for name in (*AT_HAND, *CALLED):
            peers[name] = await playground.peer(name, directory / "clients")
            direct[name] = await _joined(playground, peers[name])
        ground = Ground(directory, playground, way, peers, direct, postgres)
        stack.callback(ground.close)
        yield ground


async def _close(peers: Mapping[str, Peer]) -> None:
    for peer in peers.values():
        await peer.close()


async def _joined(playground: Playground, peer: Peer) -> str:
    """Everybody is in the direct room that was made for them; gives its id."""
    standing = {playground.alarm_room, playground.management_room}
    direct = next(room for room in peer.invites if room not in standing)
    await peer.join(direct)
    return direct
