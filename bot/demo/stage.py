"""Where the demo happens: a fresh run directory, a homeserver with everybody on it, and the bot as its own process."""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from sys import executable
from typing import Any, Final

import yaml

from bot.config import PREFIX
from bot.domain.people import Language
from bot.embedded.homeserver import Homeserver, HomeserverDown
from bot.playground import ROOT, NotReady, Playground, set_up

LOOK_AGAIN: Final = 0.05  # seconds
ENDED_AGAIN: Final = 0.5
BOT_START: Final = 90.0
BOT_STOP: Final = 15.0
TAIL: Final = 20  # lines of a log that say why a process ended
PORTS: Final = 3  # another program can take a port between choosing and using it
TAKEN: Final = ("Address already in use", "CannotListenError")


class Crashed(RuntimeError):
    """A process of the demo ended by itself; the message is the end of its log."""


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """One directory for each run, so that an earlier one is never in the way; `out` keeps what a visitor looks for."""

    out: Path
    path: Path

    @classmethod
    def fresh(cls, out: Path) -> "RunDirectory":
        """Make the next directory; raises OSError."""
        out.mkdir(parents=True, exist_ok=True)
        taken = [int(p.name[4:]) for p in out.glob("run-*") if p.name[4:].isdecimal()]
        number = max(taken, default=0)
        while True:
            number += 1
            path = out / f"run-{number}"
            with contextlib.suppress(FileExistsError):  # somebody else took this number just now
                path.mkdir()
                return cls(out.resolve(), path.resolve())

    @property
    def contacts(self) -> Path:
        return self.path / "contacts"

    @property
    def homeserver(self) -> Path:
        return self.path / "homeserver"

    @property
    def bot_log(self) -> Path:
        return self.path / "state" / "bot.log"

    @property
    def homeserver_log(self) -> Path:
        return self.homeserver / "output.log"


def write_contacts(run: RunDirectory, lang: Language) -> None:
    """The example's contacts in the language of the demo, and with the repeat late in the wait.

    A page is repeated after four of its five minutes: what is shortened a lot must still leave everybody time to answer.
    """
    shutil.copytree(ROOT / "contacts" / "example", run.contacts)
    region = yaml.safe_load((run.contacts / "regio.yaml").read_text(encoding="utf-8"))
    region["taal"] = lang
    for step in region["opschaling"]["stappen"]:
        step["herhaal_na"] = "4m"
    _write(run.contacts / "regio.yaml", region)
    if lang == "en":
        people = yaml.safe_load((run.contacts / "personen.yaml").read_text(encoding="utf-8"))
        for person in people["personen"]:
            person["taal"] = lang
        _write(run.contacts / "personen.yaml", people)


def _write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def forget_settings() -> None:
    """Settings of an installation in the environment are not for the demo: it would page their people."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]


@asynccontextmanager
async def homeserver_for(run: RunDirectory) -> AsyncIterator[Homeserver]:
    """A running homeserver, stopped at the end. Raises Crashed."""
    secret = secrets.token_urlsafe(32)
    for attempt in range(1, PORTS + 1):
        try:
            homeserver = await Homeserver.start(run.homeserver, secret=secret)
            break
        except HomeserverDown as down:
            if attempt == PORTS or not any(word in str(down) for word in TAKEN):
                raise Crashed(_last_lines(str(down))) from down
    try:
        yield homeserver
    finally:
        await asyncio.shield(homeserver.stop())


async def playground_on(
    run: RunDirectory, homeserver: Homeserver, lang: Language, speed: float, channels: Mapping[str, object]
) -> Playground:
    """Everybody on the homeserver and the bot provisioned; `channels` are its settings beside Matrix. Raises Crashed."""
    given: dict[str, Any] = {**channels, "speed": speed, "language": lang}
    try:
        return await set_up(run.path, homeserver, contacts_dir=run.contacts, **given)
    except NotReady as why:
        raise Crashed(str(why)) from why


def change_speed(run: RunDirectory, speed: float) -> None:
    """Before the bot starts: how much shorter it waits."""
    path = run.path / "config.yaml"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**settings, "speed": speed}, indent=2), encoding="utf-8")


@dataclass(slots=True)
class BotProcess:
    """The bot as `iogplus run` runs it, with its output in a log file."""

    process: Process
    log: Path
    stopping: bool = False

    @classmethod
    async def start(cls, run: RunDirectory) -> "BotProcess":
        """Start it and return at once; `ready` waits until it accepts alarms."""
        config = str(run.path / "config.yaml")
        with run.bot_log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                executable, "-m", "bot", "run", "--config", config,
                stdin=DEVNULL, stdout=output, stderr=output, cwd=ROOT,
                # Ctrl-C on the terminal is for the demo, which then stops the bot as systemd would.
                start_new_session=True,
            )  # fmt: skip
        return cls(process, run.bot_log)

    async def ready(self) -> None:
        """Wait until the bot says that it is ready. Raises Crashed."""
        async with asyncio.timeout(BOT_START):
            while '"event": "ready"' not in self._said():
                if self.process.returncode is not None:
                    raise self._crash()
                await asyncio.sleep(LOOK_AGAIN)

    async def crashed(self) -> None:
        """Raises Crashed when the bot ends without being asked to; goes on for as long as it does not."""
        await self.process.wait()
        if not self.stopping:
            raise self._crash()
        await asyncio.Event().wait()

    async def stop(self) -> int:
        """Ask the bot to stop (SIGTERM); gives its exit code. One that does not listen is killed."""
        self.stopping = True
        if self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(BOT_STOP):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
        return await self.process.wait()

    def _crash(self) -> Crashed:
        return Crashed(f"bot, exit {self.process.returncode}\n{end_of(self.log)}")

    def _said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@asynccontextmanager
async def bot_on(run: RunDirectory) -> AsyncIterator[BotProcess]:
    """The bot's process, started and not yet ready; stopped at the end."""
    bot = await BotProcess.start(run)
    try:
        yield bot
    finally:
        await asyncio.shield(bot.stop())


async def one_ends(bot: BotProcess, homeserver: Homeserver, run: RunDirectory) -> None:
    """Watch both processes for as long as neither ends by itself. Always raises Crashed, in the end."""
    crash = asyncio.ensure_future(bot.crashed())
    try:
        while homeserver.running:
            await asyncio.wait((crash,), timeout=ENDED_AGAIN)
            if crash.done():
                crash.result()
    finally:
        crash.cancel()
    raise Crashed(f"homeserver\n{end_of(run.homeserver_log)}")


def end_of(log: Path) -> str:
    """The last lines of a log; empty when there is none."""
    return _last_lines(log.read_text(encoding="utf-8", errors="replace")) if log.exists() else ""


def _last_lines(text: str) -> str:
    return "\n".join(text.splitlines()[-TAIL:])
